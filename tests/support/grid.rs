//! Tables that are read as they stand: columns are states, rows are inputs, a cell is what comes of it.

/// Calls `check(column, row, cell)` for every cell of `table`. Answers how many there were.
pub fn each_cell(table: &str, mut check: impl FnMut(&str, &str, &str)) -> usize {
    let mut rows = table.trim().lines().map(|line| line.split('|').map(str::trim));
    let columns: Vec<&str> = rows.next().expect("a head").skip(1).collect();
    let mut count = 0;
    for mut row in rows {
        let name = row.next().expect("a name");
        let cells: Vec<&str> = row.collect();
        assert_eq!(cells.len(), columns.len(), "the row of {name}");
        for (column, cell) in columns.iter().zip(cells) {
            check(column, name, cell);
            count += 1;
        }
    }
    count
}

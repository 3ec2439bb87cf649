//! Which row each of the provider's images goes to.

use super::report::ImageReport;
use super::{Image, ImageStatus, MISSING_RESULT, Task, TaskError};

/// Most rows of one task: five times what a provider makes at once. A large body could name
/// thousands.
const ROW_LIMIT: usize = 100;

/// Puts each image into its row. Rows without an image fail; images without a row get a new one.
pub(super) fn place(task: &mut Task, images: Vec<ImageReport>, row_ids: &[String]) {
    let rows = rows_for(task, row_ids);
    let mut filled = vec![false; task.images.len()];
    for (index, report) in images.into_iter().enumerate().take(ROW_LIMIT) {
        let row = rows.get(index).copied().unwrap_or_else(|| {
            let position = task.images.len();
            task.images.push(Image::pending(&task.key, position));
            filled.push(false);
            position
        });
        fill(&mut task.images[row], report);
        filled[row] = true;
    }
    for (image, _) in task.images.iter_mut().zip(&filled).filter(|(_, filled)| !**filled) {
        image.status = ImageStatus::Failed;
        image.error =
            Some(TaskError::new(MISSING_RESULT, "The provider returned no image for this one."));
    }
}

/// The row of each of the provider's images, in their order. The echoed row ids are used only if they
/// are exactly the rows of this task; otherwise images go by position.
fn rows_for(task: &Task, row_ids: &[String]) -> Vec<usize> {
    let known: Option<Vec<usize>> =
        row_ids.iter().map(|id| task.images.iter().position(|image| image.id == *id)).collect();
    match known {
        Some(rows) if rows.len() == task.images.len() && all_differ(&rows) => rows,
        _ => (0..task.images.len()).collect(),
    }
}

fn all_differ(rows: &[usize]) -> bool {
    rows.iter().enumerate().all(|(i, row)| !rows[..i].contains(row))
}

fn fill(image: &mut Image, report: ImageReport) {
    match report {
        ImageReport::Success { image_id, url } => {
            image.status = ImageStatus::Success;
            image.image_id = image_id;
            image.url = Some(url);
            image.error = None;
        }
        ImageReport::Failed { image_id, error } => {
            image.status = ImageStatus::Failed;
            image.image_id = image_id;
            image.url = None;
            image.error = Some(error);
        }
    }
}

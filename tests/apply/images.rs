//! Where each image goes: by the row ids that the provider echoes, or by position. Both lead to
//! the same rows.

use crate::support::{
    NOW, after, attach, broken, completed, delivery, key, new_task, picture, row_ids,
};
use taskwire::domain::task::apply::apply;
use taskwire::domain::task::report::{ImageReport, Report};
use taskwire::domain::task::{Image, ImageStatus, Task};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// The images of a task of `rows` rows after a report with these images and row ids.
fn placed(rows: usize, images: Vec<ImageReport>, row_ids: Vec<String>) -> Vec<Image> {
    let report = Report { row_ids, ..completed(images) };
    let room = after([attach(&new_task(rows)), delivery("evt_1", report)]);
    room.task.expect("attached").images
}

/// `a-b` for pictures a and b in the first and third of three rows.
fn shown(images: &[Image]) -> String {
    let letter = |image: &Image| match (&image.image_id, image.status) {
        (Some(id), ImageStatus::Success) => id.trim_start_matches("img_").to_owned(),
        (_, ImageStatus::Failed) => "-".to_owned(),
        other => panic!("{other:?}"),
    };
    images.iter().map(letter).collect()
}

fn pictures(count: usize) -> Vec<ImageReport> {
    NAMES[..count].iter().map(|name| picture(name)).collect()
}

fn ids(rows: usize, order: &[usize]) -> Vec<String> {
    let ids = row_ids(&new_task(rows));
    order.iter().map(|i| ids[*i].clone()).collect()
}

#[test]
fn by_row_ids_and_by_position_the_images_go_to_the_same_rows() {
    for rows in 1..=4 {
        for images in 0..=4 {
            let own = row_ids(&new_task(rows));
            let by_ids = placed(rows, pictures(images), own);
            let by_position = placed(rows, pictures(images), vec![]);
            assert_eq!(by_ids, by_position, "{images} images for {rows} rows");
        }
    }
}

#[test]
fn an_image_goes_to_the_row_whose_id_has_its_place_in_the_list() {
    assert_eq!(shown(&placed(3, pictures(3), ids(3, &[2, 0, 1]))), "bca");
    assert_eq!(shown(&placed(3, pictures(2), ids(3, &[2, 0, 1]))), "b-a");
    let images = placed(4, pictures(4), ids(4, &[3, 2, 1, 0]));
    assert_eq!(shown(&images), "dcba");
    let positions: Vec<u32> = images.iter().map(|image| image.position).collect();
    assert_eq!(positions, [0, 1, 2, 3]);
}

#[test]
fn row_ids_that_are_not_this_tasks_own_are_not_believed() {
    let foreign: Vec<String> = (0..3).map(|i| key(8).row_id(i)).collect();
    let mixed = vec![ids(3, &[2])[0].clone(), ids(3, &[1])[0].clone(), foreign[0].clone()];
    for (what, list) in [
        ("another task's", foreign),
        ("one of another task", mixed),
        ("one twice", ids(3, &[2, 2, 1])),
        ("too few", ids(3, &[2, 1])),
        ("one alone", ids(3, &[1])),
        ("one too many", ids(3, &[2, 1, 0, 2])),
        ("nonsense", vec!["'; DROP TABLE images; --".into(), String::new(), "\0".into()]),
    ] {
        assert_eq!(shown(&placed(3, pictures(3), list)), "abc", "{what}");
    }
}

#[test]
fn where_images_are_missing_the_other_rows_fail_with_missing_result() {
    let images = placed(4, pictures(2), vec![]);
    assert_eq!(shown(&images), "ab--");
    for image in &images[2..] {
        let error = image.error.as_ref().expect("a reason");
        assert_eq!(error.code, "missing_result");
        assert!(!error.message.is_empty());
        assert_eq!((&image.url, &image.image_id), (&None, &None));
    }
}

#[test]
fn more_images_than_rows_get_rows_of_their_own_with_ids_that_go_on() {
    for list in [vec![], ids(2, &[0, 1]), ids(2, &[1, 0])] {
        let images = placed(2, pictures(4), list.clone());
        let expected = if list == ids(2, &[1, 0]) { "bacd" } else { "abcd" };
        assert_eq!(shown(&images), expected);
        for (position, image) in images.iter().enumerate() {
            assert_eq!(image.id, key(7).row_id(position));
            assert_eq!(image.position as usize, position);
        }
    }
}

#[test]
fn a_body_that_names_thousands_of_images_makes_a_hundred_rows_at_most() {
    let images = placed(2, (0..5_000).map(|i| picture(&i.to_string())).collect(), vec![]);
    assert_eq!(images.len(), 100);
    assert_eq!(images[99].id.len(), images[0].id.len());
}

#[test]
fn a_completed_task_may_hold_failed_images_each_with_its_own_reason() {
    let images = placed(2, vec![broken("unsafe_content"), picture("b")], vec![]);
    assert_eq!(shown(&images), "-b");
    assert_eq!(images[0].error.as_ref().map(|error| error.code.as_str()), Some("unsafe_content"));
    assert_eq!(images[1].url.as_deref(), Some("https://pictures.example/b.png"));
    assert_eq!(images[1].error, None);
}

#[test]
fn what_the_provider_never_took_heals_image_by_image_when_its_result_comes() {
    let mut task = new_task(3);
    let lost = taskwire::domain::task::TaskError::new("provider_unavailable", "No answer.");
    taskwire::domain::task::change::fail(&mut task, lost);
    let room = after([attach(&Task { version: 1, ..task })]);
    let report = Report { row_ids: ids(3, &[1, 0, 2]), ..completed(pictures(2)) };
    let task = apply(&room, delivery("evt_1", report), NOW).state.task.expect("attached");
    assert_eq!((shown(&task.images).as_str(), task.error, task.version), ("ba-", None, 3));
    assert_eq!(task.images[2].error.as_ref().expect("a reason").code, "missing_result");
}

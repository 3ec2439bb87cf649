//! What a row shows of data of any shape.

use crate::map;
use serde_json::{Value, json};
use taskwire::domain::channel::columns::{body, category, title, user_id};

fn said(content: Value) -> String {
    body(&json!({"choices": [{"message": {"content": content}}, {"message": {"content": "2"}}]}))
}

#[test]
fn a_title_is_text_of_at_most_500_characters() {
    assert_eq!(title(&json!({"title": "Inception"})), "Inception");
    assert_eq!(title(&json!({"title": "é".repeat(501)})), "é".repeat(500));
    for none in [json!({}), json!({"title": " \n"}), json!({"title": 7}), json!("T"), json!(null)] {
        assert_eq!(title(&none), "Untitled", "{none}");
    }
}

#[test]
fn a_body_is_the_first_text_that_there_is() {
    assert_eq!(body(&json!({"description": "D", "body": "B"})), "D");
    assert_eq!(body(&json!({"description": " ", "body": "B"})), "B");
    assert_eq!(body(&json!({"description": 7, "body": "B"})), "B");
    assert_eq!(body(&json!({"body": "B", "choices": [{"message": {"content": "C"}}]})), "B");
    assert_eq!(body(&json!("Text")), "Text");
    for none in [json!({}), json!(null), json!(7), json!(["Text"]), json!({"content": "C"})] {
        assert_eq!(body(&none), "", "{none}");
    }
}

#[test]
fn a_raw_completion_is_read_as_text_or_in_parts() {
    assert_eq!(said(json!("Hello")), "Hello");
    let parts = json!([{"type": "text", "text": "Hel"}, {"type": "image", "text": "no"}, "no",
        {"text": "no"}, {"type": "text", "text": 7}, {"type": "text", "text": "lo"}]);
    assert_eq!(said(parts), "Hello");
    for none in [json!(null), json!(7), json!({}), json!([])] {
        assert_eq!(said(none), "");
    }
    for none in [json!({"choices": []}), json!({"choices": {}}), json!({"choices": [{}]})] {
        assert_eq!(body(&none), "");
    }
}

#[test]
fn a_category_is_text_or_general() {
    assert_eq!(category(&map(json!({"category": "film"}))), "film");
    for none in
        [json!({}), json!({"category": ""}), json!({"category": " "}), json!({"category": 7})]
    {
        assert_eq!(category(&map(none)), "general");
    }
}

#[test]
fn a_user_is_text_of_1_to_255_characters_or_a_number() {
    let user = |id: Value| user_id(&map(json!({"user_id": id})));
    assert_eq!(user(json!("auth0|é")).as_deref(), Some("auth0|é"));
    assert_eq!(user(json!(7)).as_deref(), Some("7"));
    assert_eq!(user(json!("é".repeat(255))), Some("é".repeat(255)));
    for none in [json!(""), json!("u".repeat(256)), json!(null), json!(true), json!(["u"])] {
        assert_eq!(user(none), None);
    }
    assert_eq!(user_id(&map(json!({}))), None);
}

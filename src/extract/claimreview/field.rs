//! The shapes in which schema.org properties come: a string, a number, an object, or a list of these.

use serde_json::Value;

use super::super::text;

/// The values of a property, whether it is a list or not.
pub(super) fn each<'a>(object: &'a Value, property: &str) -> &'a [Value] {
    match &object[property] {
        Value::Null => &[],
        Value::Array(values) => values,
        value => std::slice::from_ref(value),
    }
}

/// The first text of a property: a string, or an object's `@value`.
pub(super) fn text(object: &Value, property: &str) -> Option<String> {
    let texts = each(object, property)
        .iter()
        .filter_map(|value| value.as_str().or_else(|| value["@value"].as_str()));
    texts.map(text::of_field).find(|text| !text.is_empty())
}

/// The first identifier of a property, verbatim but trimmed: a string, a number or a `PropertyValue`.
pub(super) fn identifier(object: &Value, property: &str) -> Option<String> {
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let found = each(object, property)
        .iter()
        .find_map(|value| plain(value).or_else(|| plain(&value["value"])))?;
    Some(crate::domain::clean(&found)).filter(|id| !id.is_empty())
}

/// The addresses of a property: strings, or objects with `url` or `@id`.
pub(super) fn addresses<'a>(object: &'a Value, property: &str) -> impl Iterator<Item = &'a str> {
    each(object, property).iter().filter_map(|value| {
        let address = value
            .as_str()
            .or_else(|| value["url"].as_str())
            .or_else(|| value["@id"].as_str())?;
        Some(address.trim()).filter(|a| !a.is_empty())
    })
}

/// A number, also written as text; none if it is not finite.
pub(super) fn number(object: &Value, property: &str) -> Option<f64> {
    let found = each(object, property).iter().find_map(|value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().replace(',', ".").parse().ok(),
        _ => None,
    });
    found.filter(|n: &f64| n.is_finite())
}

/// Whether a value is of a schema.org type: `ClaimReview`, `schema:ClaimReview`, `https://schema.org/ClaimReview`.
pub(super) fn is_a(value: &Value, wanted: &str) -> bool {
    let names = each(value, "@type").iter().filter_map(Value::as_str);
    names
        .into_iter()
        .any(|name| name.rsplit(['/', ':', '#']).next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_shapes_that_are_met() {
        for (value, as_text, as_number, as_identifier) in [
            (json!("a &amp; b"), Some("a & b"), None, Some("a &amp; b")),
            (json!(4), None, Some(4.0), Some("4")),
            (json!("4,5"), Some("4,5"), Some(4.5), Some("4,5")),
            (json!(["", "x", "y"]), Some("x"), None, None),
            (json!({"@value": "v", "@language": "de"}), Some("v"), None, None),
            (json!({"@type": "PropertyValue", "value": 7}), None, None, Some("7")),
            (json!({"name": "n"}), None, None, None),
            (json!("NaN"), Some("NaN"), None, Some("NaN")),
            (json!(true), None, None, None),
            (json!(null), None, None, None),
            (json!([[["x"]]]), None, None, None),
        ] {
            let object = json!({ "p": value });
            assert_eq!(text(&object, "p").as_deref(), as_text, "{value}");
            assert_eq!(number(&object, "p"), as_number, "{value}");
            assert_eq!(identifier(&object, "p").as_deref(), as_identifier, "{value}");
        }
    }

    #[test]
    fn knows_a_type_by_its_last_part() {
        for (value, wanted) in [
            (json!({"@type": "ClaimReview"}), true),
            (json!({"@type": ["Article", "ClaimReview"]}), true),
            (json!({"@type": "schema:ClaimReview"}), true),
            (json!({"@type": "http://schema.org/ClaimReview"}), true),
            (json!({"@type": "NotClaimReview"}), false),
            (json!({}), false),
            (json!([1]), false),
        ] {
            assert_eq!(is_a(&value, "ClaimReview"), wanted, "{value}");
        }
    }
}

//! A row as a line of JSON, and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::shape::{Kind, Table};
use crate::error::StoreError;
use crate::sql::{Argument, Row};

/// Key of the one entry of an object that holds bytes.
const BYTES: &str = "base64";

/// Appends the line of a row that [`Table::select`] read.
pub(super) fn write(row: &Row, table: &Table, line: &mut Vec<u8>) -> Result<(), StoreError> {
    line.push(b'[');
    for (place, column) in table.columns.iter().enumerate() {
        if place > 0 {
            line.push(b',');
        }
        let value = match column.kind {
            Kind::Text => row.get::<Option<String>, usize>(place)?.map(Value::from),
            Kind::Integer => row.get::<Option<i64>, usize>(place)?.map(Value::from),
            Kind::Truth => row.get::<Option<bool>, usize>(place)?.map(|truth| Value::from(i64::from(truth))),
            Kind::Bytes => {
                let bytes = row.get::<Option<Vec<u8>>, usize>(place)?;
                bytes.map(|bytes| serde_json::json!({ BYTES: STANDARD.encode(bytes) }))
            }
        };
        serde_json::to_writer(&mut *line, &value.unwrap_or(Value::Null)).map_err(StoreError::corrupt)?;
    }
    line.extend_from_slice(b"]\n");
    Ok(())
}

/// The values of a line, for [`Table::insert`]. The first is the council's id.
pub(super) fn read(line: &[u8], table: &Table) -> Result<Vec<Argument>, StoreError> {
    let wrong = || StoreError::Unreadable(table.name.clone());
    let values: Vec<Value> = serde_json::from_slice(line).map_err(|_| wrong())?;
    if values.len() != table.columns.len() {
        return Err(wrong());
    }
    let pairs = values.into_iter().zip(&table.columns);
    pairs.map(|(value, column)| argument(value, column.kind).ok_or_else(wrong)).collect()
}

fn argument(value: Value, kind: Kind) -> Option<Argument> {
    Some(match (kind, value) {
        (Kind::Text, Value::Null) => Argument::Text(None),
        (Kind::Integer, Value::Null) => Argument::Integer(None),
        (Kind::Bytes, Value::Null) => Argument::Bytes(None),
        (Kind::Text, Value::String(text)) => Argument::Text(Some(text)),
        (Kind::Integer, Value::Number(number)) => Argument::Integer(Some(number.as_i64()?)),
        (Kind::Truth, Value::Number(number)) => match number.as_i64()? {
            0 => Argument::Truth(false),
            1 => Argument::Truth(true),
            _ => return None,
        },
        (Kind::Bytes, Value::Object(object)) if object.len() == 1 => {
            Argument::Bytes(Some(STANDARD.decode(object.get(BYTES)?.as_str()?).ok()?))
        }
        _ => return None,
    })
}

//! Avro's binary encoding (specification, "Binary Encoding"): written, and read without resolving.

use super::{
    model::{Kind, Schema, Shape, Use},
    value::Value,
};

/// Appends the encoding of `value`; `None` when it is no value of its type.
pub(super) fn write(schema: &Schema, used: &Use, value: &Value, bytes: &mut Vec<u8>) -> Option<()> {
    match (&schema.get(used).shape, value) {
        (Shape::Primitive(Kind::Null), Value::Null) => {}
        (Shape::Primitive(Kind::Boolean), Value::Boolean(value)) => bytes.push(u8::from(*value)),
        (Shape::Primitive(Kind::Int), Value::Int(value)) => write_long(i64::from(*value), bytes),
        (Shape::Primitive(Kind::Long), Value::Long(value)) => write_long(*value, bytes),
        (Shape::Primitive(Kind::Float), Value::Float(value)) => {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        (Shape::Primitive(Kind::Double), Value::Double(value)) => {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        (Shape::Primitive(Kind::Bytes), Value::Bytes(value)) => write_bytes(value, bytes),
        (Shape::Primitive(Kind::String), Value::String(value)) => {
            write_bytes(value.as_bytes(), bytes);
        }
        (Shape::Fixed(fixed), Value::Fixed(value)) => {
            (i64::try_from(value.len()) == Ok(fixed.size)).then_some(())?;
            bytes.extend_from_slice(value);
        }
        (Shape::Enum(symbols), Value::Enum(index)) => {
            symbols.symbols.get(*index)?;
            write_count(*index, bytes);
        }
        (Shape::Union(union), Value::Union(index, value)) => {
            write_count(*index, bytes);
            write(schema, union.branches.get(*index)?, value, bytes)?;
        }
        (Shape::Array(items), Value::Array(values)) => {
            for value in values {
                // Blocks of one item: as good as any, and the count needs no second look.
                write_count(1, bytes);
                write(schema, items, value, bytes)?;
            }
            write_count(0, bytes);
        }
        (Shape::Map(inner), Value::Map(values)) => {
            for (name, value) in values {
                write_count(1, bytes);
                write_bytes(name.as_bytes(), bytes);
                write(schema, inner, value, bytes)?;
            }
            write_count(0, bytes);
        }
        (Shape::Record(record), Value::Record(values)) => {
            (values.len() == record.fields.len()).then_some(())?;
            for (field, value) in record.fields.iter().zip(values) {
                write(schema, &field.ty, value, bytes)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn write_count(count: usize, bytes: &mut Vec<u8>) {
    write_long(i64::try_from(count).unwrap_or(i64::MAX), bytes);
}

fn write_bytes(value: &[u8], bytes: &mut Vec<u8>) {
    write_count(value.len(), bytes);
    bytes.extend_from_slice(value);
}

fn write_long(value: i64, bytes: &mut Vec<u8>) {
    let mut zigzag = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while zigzag >= 0x80 {
        bytes.push((zigzag & 0x7f) as u8 | 0x80);
        zigzag >>= 7;
    }
    bytes.push(zigzag as u8);
}

/// Takes things off the front of encoded bytes.
pub(super) struct Bytes<'b> {
    pub(super) rest: &'b [u8],
}

impl<'b> Bytes<'b> {
    pub(super) fn long(&mut self) -> Option<i64> {
        let mut zigzag = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            zigzag |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some((zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed()));
            }
        }
        None
    }

    /// An index or a length.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.long()?).ok()
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Bytes or a string: their length comes first.
    pub(super) fn counted(&mut self) -> Option<&'b [u8]> {
        let length = self.count()?;
        self.take(length)
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self, schema: &Schema, used: &Use) -> Option<()> {
        match &schema.get(used).shape {
            Shape::Primitive(Kind::Null) => {}
            Shape::Primitive(Kind::Boolean) => {
                self.take(1)?;
            }
            Shape::Primitive(Kind::Float) => {
                self.take(4)?;
            }
            Shape::Primitive(Kind::Double) => {
                self.take(8)?;
            }
            Shape::Primitive(Kind::Bytes | Kind::String) => {
                self.counted()?;
            }
            Shape::Primitive(_) | Shape::Enum(_) => {
                self.long()?;
            }
            Shape::Fixed(fixed) => {
                self.take(usize::try_from(fixed.size).ok()?)?;
            }
            Shape::Union(union) => {
                let index = self.count()?;
                self.skip(schema, union.branches.get(index)?)?;
            }
            Shape::Array(items) => {
                while self.count()? > 0 {
                    self.skip(schema, items)?;
                }
            }
            Shape::Map(values) => {
                while self.count()? > 0 {
                    self.counted()?;
                    self.skip(schema, values)?;
                }
            }
            Shape::Record(record) => {
                for field in &record.fields {
                    self.skip(schema, &field.ty)?;
                }
            }
        }
        Some(())
    }
}

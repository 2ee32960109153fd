//! Reads with one schema what was written with another: the specification's "Schema Resolution".
//!
//! It knows nothing of the checkers: witnesses and tests hold what they say against what happens
//! here. Logical types do not matter to it, as the specification asks of who does not know them.

use std::collections::HashMap;

use super::{
    binary::Bytes,
    default::default_value,
    model::{Enum, Field, Kind, Name, Record, Schema, Shape, Type, Use},
    value::Value,
};

/// Why something written cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

type Read<T> = Result<T, Unreadable>;

/// Reads `bytes`, which were written as the root of `writer`, as the root of `reader`.
pub(super) fn read(reader: &Schema, writer: &Schema, bytes: &[u8]) -> Read<Value> {
    let mut resolution = Resolution {
        reader,
        writer,
        bytes: Bytes { rest: bytes },
    };
    let value = resolution.value(&reader.root, &writer.root)?;
    match resolution.bytes.rest.is_empty() {
        true => Ok(value),
        false => Err(malformed()),
    }
}

/// The branch of a reader's union that reads a type which is no union: one of the same kind, of
/// the same name if it has one, or else the first that it can be promoted to. The specification
/// takes the first in any case; the implementations look for the same type first.
pub(super) fn choose_branch<'s>(
    reader: &'s Schema,
    union: &'s Use,
    written: &Type,
) -> Option<&'s Use> {
    let branches = reader.likely(union, written);
    let find = |test: &dyn Fn(&Type) -> bool| {
        let mut branches = branches.iter().copied();
        branches.find(|branch| test(reader.get(branch)))
    };
    let same = |ty: &Type| ty.kind() == written.kind();
    let Some(name) = written.name() else {
        return find(&same).or_else(|| find(&|ty| ty.kind().reads(written.kind())));
    };
    let named = |test: &dyn Fn(&Name) -> bool| find(&|ty| same(ty) && ty.name().is_some_and(test));
    named(&|branch| branch.full == name.full)
        .or_else(|| named(&|branch| branch.aliases.contains(&name.full)))
        .or_else(|| named(&|branch| branch.simple() == name.simple()))
}

/// For each of the writer's fields the index of the reader's that it is. An alias gives the
/// writer's field another name, so that it no longer is a field of its own name (specification,
/// "Aliases"; Java's `Schema.applyAliases`).
pub(super) fn targets(read: &Record, written: &Record) -> Vec<Option<usize>> {
    let mut renamed: HashMap<&str, usize> = HashMap::new();
    for (index, field) in read.fields.iter().enumerate() {
        renamed.extend(field.aliases.iter().map(|alias| (alias.as_str(), index)));
    }
    let target = |field: &Field| {
        let alias = renamed.get(field.name.as_str());
        alias.or_else(|| read.by_name.get(&field.name)).copied()
    };
    written.fields.iter().map(target).collect()
}

struct Resolution<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    bytes: Bytes<'a>,
}

impl<'a> Resolution<'a> {
    fn value(&mut self, reader: &'a Use, writer: &'a Use) -> Read<Value> {
        if let Shape::Union(union) = &self.writer.get(writer).shape {
            let index = self.bytes.count().ok_or_else(malformed)?;
            let branch = union.branches.get(index).ok_or_else(malformed)?;
            return self.value(reader, branch);
        }
        if let Shape::Union(union) = &self.reader.get(reader).shape {
            let branch = choose_branch(self.reader, reader, self.writer.get(writer));
            let index = branch.and_then(|branch| {
                let mut branches = union.branches.iter();
                branches.position(|other| std::ptr::eq(other, branch))
            });
            let (Some(branch), Some(index)) = (branch, index) else {
                return Err(self.mismatch(reader, writer));
            };
            let value = self.value(branch, writer)?;
            return Ok(Value::Union(index, Box::new(value)));
        }
        let (read, written) = (self.reader.get(reader), self.writer.get(writer));
        if let (Some(read), Some(written)) = (read.name(), written.name())
            && read.simple() != written.simple()
            && !read.aliases.contains(&written.full)
        {
            let (read, written) = (read.shown(), written.shown());
            return Err(Unreadable(format!("\"{written}\" is not \"{read}\"")));
        }
        match (&read.shape, &written.shape) {
            (Shape::Primitive(read), Shape::Primitive(written)) if read.reads(*written) => {
                self.primitive(*written, *read).ok_or_else(malformed)
            }
            (Shape::Array(read), Shape::Array(written)) => {
                let mut values = Vec::new();
                while self.bytes.count().ok_or_else(malformed)? > 0 {
                    values.push(self.value(read, written)?);
                }
                Ok(Value::Array(values))
            }
            (Shape::Map(read), Shape::Map(written)) => {
                let mut values = Vec::new();
                while self.bytes.count().ok_or_else(malformed)? > 0 {
                    let name = self.bytes.counted().ok_or_else(malformed)?;
                    let name = String::from_utf8_lossy(name).into_owned();
                    values.push((name, self.value(read, written)?));
                }
                Ok(Value::Map(values))
            }
            (Shape::Fixed(read), Shape::Fixed(written)) if read.size == written.size => {
                let size = usize::try_from(written.size).map_err(|_| malformed())?;
                let bytes = self.bytes.take(size).ok_or_else(malformed)?;
                Ok(Value::Fixed(bytes.to_vec()))
            }
            (Shape::Enum(read), Shape::Enum(written)) => self.symbol(read, written),
            (Shape::Record(read), Shape::Record(written)) => self.record(read, written),
            _ => Err(self.mismatch(reader, writer)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "so do the promotions of Avro")]
    #[expect(clippy::cast_possible_truncation, reason = "an int was written")]
    fn primitive(&mut self, written: Kind, read: Kind) -> Option<Value> {
        Some(match (written, read) {
            (Kind::Null, _) => Value::Null,
            (Kind::Boolean, _) => Value::Boolean(self.bytes.take(1)? == [1]),
            (Kind::Int, Kind::Int) => Value::Int(self.bytes.long()? as i32),
            (Kind::Int | Kind::Long, Kind::Long) => Value::Long(self.bytes.long()?),
            (Kind::Int | Kind::Long, Kind::Float) => Value::Float(self.bytes.long()? as f32),
            (Kind::Int | Kind::Long, _) => Value::Double(self.bytes.long()? as f64),
            (Kind::Float, _) => {
                let value = f32::from_le_bytes(self.bytes.take(4)?.try_into().ok()?);
                match read {
                    Kind::Double => Value::Double(f64::from(value)),
                    _ => Value::Float(value),
                }
            }
            (Kind::Double, _) => {
                Value::Double(f64::from_le_bytes(self.bytes.take(8)?.try_into().ok()?))
            }
            (_, Kind::String) => {
                Value::String(String::from_utf8_lossy(self.bytes.counted()?).into_owned())
            }
            _ => Value::Bytes(self.bytes.counted()?.to_vec()),
        })
    }

    fn symbol(&mut self, read: &Enum, written: &Enum) -> Read<Value> {
        let index = self.bytes.count().ok_or_else(malformed)?;
        let symbol = written.symbols.get(index).ok_or_else(malformed)?;
        let place = |symbol: &String| read.symbols.iter().position(|known| known == symbol);
        let found = place(symbol).or_else(|| read.default.as_ref().and_then(place));
        (found.map(Value::Enum))
            .ok_or_else(|| Unreadable(format!("no symbol \"{symbol}\" in \"{}\"", read.name.full)))
    }

    fn record(&mut self, read: &'a Record, written: &'a Record) -> Read<Value> {
        let targets = targets(read, written);
        let mut values: Vec<Option<Value>> = vec![None; read.fields.len()];
        for (source, target) in written.fields.iter().zip(targets) {
            let Some(target) = target else {
                let skipped = self.bytes.skip(self.writer, &source.ty);
                skipped.ok_or_else(malformed)?;
                continue;
            };
            let field = &read.fields[target];
            let value = self.value(&field.ty, &source.ty)?;
            if values[target].replace(value).is_some() {
                let reason = format!("two fields are \"{}\" by its aliases", field.name);
                return Err(Unreadable(reason));
            }
        }
        let fields = read.fields.iter().zip(values);
        let values = fields.map(|(field, value)| value.map_or_else(|| self.default(field), Ok));
        Ok(Value::Record(values.collect::<Read<_>>()?))
    }

    fn default(&self, field: &Field) -> Read<Value> {
        let name = &field.name;
        let Some(default) = &field.default else {
            return Err(Unreadable(format!(
                "no value and no default for \"{name}\""
            )));
        };
        default_value(self.reader, &field.ty, default)
            .ok_or_else(|| Unreadable(format!("the default of \"{name}\" is not of its type")))
    }

    fn mismatch(&self, reader: &Use, writer: &Use) -> Unreadable {
        let (read, written) = (self.reader.get(reader), self.writer.get(writer));
        let (read, written) = (read.kind().name(), written.kind().name());
        Unreadable(format!("a {written} cannot be read as this {read}"))
    }
}

fn malformed() -> Unreadable {
    Unreadable("malformed bytes".to_owned())
}

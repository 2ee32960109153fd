//! Random schemas, changes of them, and values: the same ones in every run.

use serde_json::{Value as Json, json};

use super::{
    model::{Kind, Schema, Shape, Use},
    value::Value,
};

/// A sequence that looks random (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap()
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];
const SYMBOLS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// Makes schemas.
pub(super) struct Maker<'d> {
    pub(super) dice: &'d mut Dice,
    /// Named types that are complete.
    done: Vec<String>,
    /// Records that are being made.
    open: Vec<String>,
    count: usize,
}

impl<'d> Maker<'d> {
    pub(super) fn new(dice: &'d mut Dice) -> Self {
        Self {
            dice,
            done: Vec::new(),
            open: Vec::new(),
            count: 0,
        }
    }

    /// The schema of a topic: mostly a record.
    pub(super) fn schema(&mut self) -> Json {
        if self.dice.chance(10) {
            return self.ty(2, false);
        }
        let mut record = self.record(3);
        if self.dice.chance(50) {
            record["namespace"] = json!(*self.dice.pick(&["shop", "shop.v2"]));
        }
        record
    }

    /// A type; with `loose`, one around which a record may hold itself.
    fn ty(&mut self, depth: usize, loose: bool) -> Json {
        if depth == 0 || self.dice.chance(40) {
            return self.leaf(loose);
        }
        match self.dice.below(6) {
            0 => json!({"type": "array", "items": self.ty(depth - 1, true)}),
            1 => json!({"type": "map", "values": self.ty(depth - 1, true)}),
            2 => self.union(depth - 1),
            3 => self.symbols(),
            4 => self.fixed(),
            _ => self.record(depth - 1),
        }
    }

    fn leaf(&mut self, loose: bool) -> Json {
        if self.dice.chance(20) && !self.done.is_empty() {
            return json!(*self.dice.pick(&self.done));
        }
        if loose && self.dice.chance(30) && !self.open.is_empty() {
            return json!(*self.dice.pick(&self.open));
        }
        match self.dice.below(12) {
            0 => json!({"type": "long", "logicalType": "timestamp-millis"}),
            1 => json!({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}),
            _ => json!(*self.dice.pick(&PRIMITIVES)),
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("{kind}{}", self.count)
    }

    fn symbols(&mut self) -> Json {
        let name = self.name("E");
        let count = 1 + self.dice.below(4);
        let mut made = json!({"type": "enum", "name": name, "symbols": SYMBOLS[..count]});
        if self.dice.chance(30) {
            made["default"] = json!(SYMBOLS[self.dice.below(count)]);
        }
        self.done.push(name);
        made
    }

    fn fixed(&mut self) -> Json {
        let name = self.name("F");
        self.done.push(name.clone());
        json!({"type": "fixed", "name": name, "size": 1 + self.dice.below(8)})
    }

    fn union(&mut self, depth: usize) -> Json {
        let mut branches: Vec<Json> = Vec::new();
        let mut kinds = Vec::new();
        for index in 0..2 + self.dice.below(3) {
            let branch = match index {
                0 => json!("null"),
                _ => self.ty(depth, true),
            };
            let kind = branch_kind(&branch);
            if branch.is_array() || kinds.contains(&kind) {
                continue;
            }
            kinds.push(kind);
            branches.push(branch);
        }
        if self.dice.chance(30) {
            branches.rotate_left(1);
        }
        Json::Array(branches)
    }

    pub(super) fn record(&mut self, depth: usize) -> Json {
        let name = self.name("R");
        self.open.push(name.clone());
        let fields: Vec<_> = (0..1 + self.dice.below(4))
            .map(|index| self.field(&format!("f{index}"), depth))
            .collect();
        self.open.pop();
        self.done.push(name.clone());
        json!({"type": "record", "name": name, "fields": fields})
    }

    fn field(&mut self, name: &str, depth: usize) -> Json {
        let ty = self.ty(depth, false);
        let mut field = json!({"name": name, "type": ty});
        if self.dice.chance(40)
            && let Some(default) = default_of(&field["type"])
        {
            field["default"] = default;
        }
        field
    }
}

fn branch_kind(branch: &Json) -> String {
    match branch {
        Json::String(name) => name.clone(),
        _ => match branch.get("name").and_then(Json::as_str) {
            Some(name) => name.to_owned(),
            None => branch["type"].as_str().unwrap_or("union").to_owned(),
        },
    }
}

fn default_of(ty: &Json) -> Option<Json> {
    let kind = ty.as_str().or_else(|| ty["type"].as_str());
    Some(match kind {
        Some("null") => Json::Null,
        Some("boolean") => json!(true),
        Some("int" | "long") => json!(7),
        Some("float" | "double") => json!(0.5),
        Some("bytes" | "string") => json!("d"),
        Some("array") => json!([]),
        Some("map") => json!({}),
        Some("enum") => ty["symbols"][0].clone(),
        Some("fixed") => json!("x".repeat(usize::try_from(ty["size"].as_u64()?).ok()?)),
        None => default_of(ty.get(0)?)?,
        _ => return None,
    })
}

/// Changes a schema somewhere.
pub(super) fn change(schema: &mut Json, dice: &mut Dice) {
    let mut places = Vec::new();
    find(schema, "", &mut places);
    let pointer = dice.pick(&places).clone();
    let Some(place) = schema.pointer_mut(&pointer) else {
        return;
    };
    let is_branch = pointer.ends_with(|last: char| last.is_ascii_digit());
    let wrappable = !is_branch && !place.is_array() && *place != "null";
    match place.get("type").and_then(Json::as_str) {
        _ if wrappable && dice.chance(10) => *place = json!(["null", place.clone()]),
        Some("record") => change_record(place, dice),
        Some("enum") => change_symbols(place, dice),
        Some("fixed") if dice.chance(70) => place["size"] = json!(1 + dice.below(8)),
        Some("fixed") => place["name"] = json!("Renamed"),
        Some("array" | "map") => *place = json!(*dice.pick(&PRIMITIVES)),
        Some("bytes") => place["scale"] = json!(dice.below(4)),
        Some("long") => place["logicalType"] = json!("timestamp-micros"),
        _ => match place {
            Json::Array(branches) if !branches.is_empty() => change_union(branches, dice),
            Json::String(name) => wider(name, dice).clone_into(name),
            _ => {}
        },
    }
}

/// The pointers of all types in a schema. A union within a union is none.
fn find(schema: &Json, pointer: &str, places: &mut Vec<String>) {
    places.push(pointer.to_owned());
    match schema {
        Json::Array(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                find(branch, &format!("{pointer}/{index}"), places);
            }
        }
        Json::Object(members) => {
            for inner in ["items", "values"] {
                if let Some(inner_type) = members.get(inner) {
                    find(inner_type, &format!("{pointer}/{inner}"), places);
                }
            }
            let fields = members.get("fields").and_then(Json::as_array);
            for (index, field) in fields.into_iter().flatten().enumerate() {
                find(
                    &field["type"],
                    &format!("{pointer}/fields/{index}/type"),
                    places,
                );
            }
        }
        _ => {}
    }
}

fn wider(name: &str, dice: &mut Dice) -> &'static str {
    let wide: &[&str] = match name {
        "int" => &["long", "float", "double"],
        "long" => &["float", "double", "int"],
        "string" => &["bytes"],
        "bytes" => &["string"],
        _ => &PRIMITIVES,
    };
    match dice.chance(70) {
        true => dice.pick::<&str>(wide),
        false => dice.pick::<&str>(&PRIMITIVES),
    }
}

fn change_union(branches: &mut Vec<Json>, dice: &mut Dice) {
    match dice.below(3) {
        0 => {
            let new = *dice.pick(&PRIMITIVES);
            if !branches.iter().any(|branch| branch == new) {
                branches.push(json!(new));
            }
        }
        1 if branches.len() > 1 => {
            branches.remove(dice.below(branches.len()));
        }
        _ => branches.rotate_left(1),
    }
}

fn change_symbols(made: &mut Json, dice: &mut Dice) {
    let Some(symbols) = made["symbols"].as_array_mut() else {
        return;
    };
    match dice.below(4) {
        0 => symbols.push(json!("Z")),
        1 if symbols.len() > 1 => {
            symbols.pop();
        }
        2 => symbols.reverse(),
        _ => {
            let default = dice.pick(symbols).clone();
            made["default"] = default;
        }
    }
}

fn change_record(record: &mut Json, dice: &mut Dice) {
    let name = record["name"].clone();
    if dice.chance(10) {
        record["name"] = json!("Renamed");
        if dice.chance(50) {
            record["aliases"] = json!([name]);
        }
        return;
    }
    let Some(fields) = record["fields"].as_array_mut() else {
        return;
    };
    match dice.below(6) {
        0 => {
            let mut maker = Maker::new(dice);
            maker.count = 100 + maker.dice.below(1_000);
            let new = format!("n{}", maker.count);
            let field = maker.field(&new, 1);
            let at = dice.below(fields.len() + 1);
            fields.insert(at, field);
        }
        1 if !fields.is_empty() => {
            fields.remove(dice.below(fields.len()));
        }
        2 if !fields.is_empty() => {
            let at = dice.below(fields.len());
            let old = fields[at]["name"].clone();
            fields[at]["name"] = json!(format!("r{}", dice.below(100)));
            if dice.chance(60) {
                fields[at]["aliases"] = json!([old]);
            }
        }
        3 => fields.reverse(),
        4 if !fields.is_empty() => {
            let at = dice.below(fields.len());
            match default_of(&fields[at]["type"]) {
                Some(default) if dice.chance(70) => fields[at]["default"] = default,
                _ => {
                    fields[at].as_object_mut().unwrap().remove("default");
                }
            }
        }
        _ if fields.len() > 1 && dice.chance(20) => {
            let other = fields[0]["name"].clone();
            fields[1]["aliases"] = json!([other]);
        }
        _ => record["doc"] = json!("changed"),
    }
}

/// A random value of a type; `None` where it would have to go on for ever.
pub(super) fn value(schema: &Schema, used: &Use, dice: &mut Dice, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let many = if depth < 4 { 0 } else { dice.below(3) };
    Some(match &schema.get(used).shape {
        Shape::Primitive(kind) => primitive(*kind, dice),
        Shape::Array(items) => {
            let values = (0..many).map(|_| value(schema, items, dice, depth));
            Value::Array(values.collect::<Option<_>>()?)
        }
        Shape::Map(inner) => {
            let entries = (0..many)
                .map(|index| Some((format!("k{index}"), value(schema, inner, dice, depth)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
        Shape::Fixed(fixed) => Value::Fixed(
            (0..fixed.size)
                .map(|_| dice.next().to_le_bytes()[0])
                .collect(),
        ),
        Shape::Enum(symbols) => Value::Enum(dice.below(symbols.symbols.len())),
        Shape::Union(union) => {
            let first = dice.below(union.branches.len());
            let order = (0..union.branches.len()).map(|at| (first + at) % union.branches.len());
            // Deep down only what ends soon.
            let mut order: Vec<_> = order.collect();
            order.sort_by_key(|at| {
                depth < 4 && schema.get(&union.branches[*at]).kind() == Kind::Record
            });
            order.into_iter().find_map(|at| {
                let value = value(schema, &union.branches[at], dice, depth)?;
                Some(Value::Union(at, Box::new(value)))
            })?
        }
        Shape::Record(record) => {
            let fields = record.fields.iter();
            let values = fields.map(|field| value(schema, &field.ty, dice, depth));
            Value::Record(values.collect::<Option<_>>()?)
        }
    })
}

#[expect(clippy::cast_possible_truncation, reason = "any number will do")]
fn primitive(kind: Kind, dice: &mut Dice) -> Value {
    let number = (dice.next() >> dice.below(63)).cast_signed();
    match kind {
        Kind::Boolean => Value::Boolean(dice.chance(50)),
        Kind::Int => Value::Int(number as i32),
        Kind::Long => Value::Long(number),
        Kind::Float => Value::Float(number as i16 as f32 / 8.0),
        Kind::Double => Value::Double(f64::from(number as i32) / 8.0),
        Kind::Bytes => Value::Bytes(number.to_le_bytes()[..dice.below(8)].to_vec()),
        Kind::String => Value::String("ab\"ü\n"[..dice.below(4)].to_owned()),
        _ => Value::Null,
    }
}

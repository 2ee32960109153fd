//! Enums: which values they must have, and which they cannot have.

use std::collections::HashMap;

use super::{
    super::{
        model::{EnumId, setting},
        side::Side,
        view::is_closed,
    },
    Search,
};
use crate::schema::flaw::quoted;

impl Search<'_> {
    pub(super) fn enums(&mut self) {
        for (id, one) in self.enumerations() {
            let name = quoted(&one.name);
            match one.values.first() {
                None => {
                    let side = Side::enumeration(self.schema, id);
                    self.add(side, format!("enum {name} has no values"));
                }
                Some(first) if first.number != 0 && !is_closed(self.schema, one) => {
                    let message = format!(
                        "enum {name} begins with {} = {}; the first value must be 0 in proto3 and in open enums of editions",
                        quoted(&first.name),
                        first.number
                    );
                    self.add(
                        Side::value(self.schema, id, first).at(first.number_at),
                        message,
                    );
                }
                Some(_) => {}
            }
            self.values(id);
        }
    }

    fn values(&mut self, id: EnumId) {
        let one = self.schema.enumeration(id);
        let aliases = setting(&one.options, "allow_alias").is_some_and(|set| set.value == "true");
        let mut first: HashMap<i32, &str> = HashMap::with_capacity(one.values.len());
        for value in &one.values {
            let (name, number) = (quoted(&value.name), value.number);
            let mut wrong = Vec::new();
            if let Some(other) = first.get(&number)
                && !aliases
            {
                wrong.push(format!(
                    "enum value {name} has number {number}, and so has {}: that takes \"option allow_alias = true;\"",
                    quoted(other)
                ));
            }
            first.entry(number).or_insert(&value.name);
            if one.reserved.holds(number) {
                wrong.push(format!(
                    "enum value {name} has number {number}, which is reserved"
                ));
            }
            if one.reserved.names(&value.name) {
                wrong.push(format!("enum value {name} has a name that is reserved"));
            }
            for message in wrong {
                self.add(Side::value(self.schema, id, value), message);
            }
        }
    }
}

//! The members of a record, and of its value, that an expression looks at: only those are decoded.

/// The members of a record as jq sees it, in their order.
pub const NAMES: [&str; 13] = [
    "topic",
    "partition",
    "offset",
    "timestamp",
    "timestamp_iso",
    "key",
    "value",
    "headers",
    "header_list",
    "size",
    "type",
    "id",
    "schema",
];

/// The index of `value` in [`NAMES`].
pub const VALUE: usize = 6;

/// A set of members. The default is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Members of the record, one bit for each of [`NAMES`].
    members: u16,
    /// Members of the value, for when the value is an object.
    of_value: Vec<String>,
}

impl Projection {
    /// Whether member `index` of [`NAMES`] is in it, whole.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        self.members & (1 << index) != 0
    }

    /// The members of the value; `None` when the value is in it whole or not at all.
    #[must_use]
    pub fn of_value(&self) -> Option<&[String]> {
        (!self.of_value.is_empty() && !self.contains(VALUE)).then_some(&self.of_value)
    }

    /// Adds member `name` of the record, whole. A name that no record has adds nothing: it yields
    /// null without looking at anything.
    pub fn add(&mut self, name: &str) {
        if let Some(index) = NAMES.iter().position(|candidate| *candidate == name) {
            self.members |= 1 << index;
        }
    }

    /// Adds member `name` of the value.
    pub fn add_of_value(&mut self, name: &str) {
        if !self.of_value.iter().any(|known| known == name) {
            self.of_value.push(name.to_owned());
        }
    }

    /// Adds every member of the record.
    pub fn add_all(&mut self) {
        self.members = (1 << NAMES.len()) - 1;
    }

    /// Adds everything that is in `other`.
    pub fn extend(&mut self, other: &Self) {
        self.members |= other.members;
        other
            .of_value
            .iter()
            .for_each(|name| self.add_of_value(name));
    }

    /// Whether everything in `other` is in `self`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.members & !self.members == 0
            && (self.contains(VALUE)
                || (other.of_value.iter()).all(|name| self.of_value.contains(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projection(members: &[&str], of_value: &[&str]) -> Projection {
        let mut projection = Projection::default();
        members.iter().for_each(|name| projection.add(name));
        of_value
            .iter()
            .for_each(|name| projection.add_of_value(name));
        projection
    }

    #[test]
    fn a_projection_covers_what_its_parts_cover() {
        let key = projection(&["key"], &["a"]);
        let mut both = projection(&["topic"], &["b"]);
        assert!(!both.covers(&key));
        both.extend(&key);
        assert!(both.covers(&key) && !key.covers(&both));
        let value = projection(&["value", "key"], &[]);
        assert!(value.covers(&key) && !key.covers(&value));
        assert_eq!(value.of_value(), None);
        both.extend(&value);
        assert_eq!(both.of_value(), None);
        both.add_all();
        assert!(both.covers(&value));
    }
}

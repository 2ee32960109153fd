//! What only evctl finds: changes that no registry looks at, though data suffers from them.

use super::super::Rule;

/// How many there are.
pub const COUNT: usize = 11;

const BLIND: &str = "JSON Schema Validation; compared by none of the registry's classes";

macro_rules! rules {
    ($($name:ident $id:literal $title:literal $why:literal $fix:literal;)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Own { $($name,)* }

        /// The catalogue.
        pub const RULES: [Rule; COUNT] = [$(Rule {
            id: $id,
            registry_type: None,
            title: $title,
            why: $why,
            fix: $fix,
            source: BLIND,
        },)*];
    };
}

impl Own {
    /// Its entry in the catalogue.
    pub fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

rules! {
    Format "json/format-changed"
        "`format` changed"
        "Validators that assert formats refuse values of the other format; others hand them on to code that expects this one."
        "Keep the format, or give the values of the new one a property of their own.";
    Condition "json/condition-changed"
        "`if`, `then` or `else` changed"
        "Values that satisfied the old condition need not satisfy the new one, and the registry does not look at conditions."
        "Keep the condition as it was, or check the new one where the data is produced.";
    PropertyNames "json/property-names-changed"
        "`propertyNames` changed"
        "Objects with names that were allowed before are refused, and the registry does not look at the names."
        "Keep the rule for names as it was, or check the new one where the data is produced.";
    Contains "json/contains-changed"
        "the schema of `contains` changed"
        "Arrays that contained what was asked for need not contain what is asked for now, and the registry does not look at it."
        "Keep what an array has to contain, or check it where the data is produced.";
    PatternProperty "json/pattern-property-changed"
        "the schema of a pattern of names changed"
        "Values of properties whose names match are refused where they were accepted. The registry looks at patterns only for properties that come and go."
        "Keep the pattern's schema, or use another pattern for the new values.";
    Content "json/content-changed"
        "`contentEncoding` or `contentMediaType` changed"
        "The strings look the same and mean something else: consumers decode what they receive in the wrong way."
        "Keep the encoding, and give the new one a property of its own.";
    RequiredName "json/required-name-undeclared"
        "a name became required that no property declares"
        "Objects without it are refused. The registry only looks at required names which are declared as properties."
        "Take the name out of `required`, or declare the property, so that the registry sees it.";
    TypeRequired "json/type-required"
        "a type became required"
        "The other keywords only apply to values of their kind; without `type` every other value was accepted, and is refused now. The registry takes both for the same."
        "Leave `type` out, or make sure that no other values have been written.";
    ExclusiveLimit "json/exclusive-limit-changed"
        "a limit became exclusive"
        "The limit itself has been a value so far, and is refused now. The registry does not look at the exclusive limits of draft 4."
        "Leave `exclusiveMinimum` and `exclusiveMaximum` as they were.";
    Hidden "json/behind-a-reference"
        "a change behind a reference that leads to another reference"
        "The registry follows one reference and compares nothing behind a second one, so it accepts every change there."
        "Judge the change as if it were in the open, or refer to its schema directly.";
    RefusedValue "json/refused-value"
        "a value of one schema is refused by the other"
        "The rules compare schemas part by part, and a combination can refuse what each of its parts accepts: with `oneOf`, a value that two alternatives accept. Values were tried as well, and this one is written with one schema and refused by the other."
        "Let the schema that refuses the value accept it: with `oneOf`, let no two alternatives accept the same value, or take `anyOf`.";
}

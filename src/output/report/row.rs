//! Typed rows: the fields of a struct are the columns.

use super::{Cell, Column};

/// A row of a result; [`row!`] makes one of a struct.
pub trait Row {
    /// A column for each field, called as the field is.
    fn columns() -> Vec<Column>;

    /// A cell for each field.
    fn cells(self) -> Vec<Cell>;
}

/// Defines a struct whose fields are the columns of a result, in their order. A field's type says how
/// it is shown ([`Count`](super::Count), [`Bytes`](super::Bytes), …; `None` is unknown), and the word
/// after `=>` where: one of the constructors of [`Column`], [`Column::new`] when there is none.
///
/// ```ignore
/// row! {
///     /// A topic of a listing.
///     pub struct ListedTopic<'a> {
///         topic: &'a str,
///         size: Option<Bytes>,
///         id: Option<&'a str> => wide,
///     }
/// }
/// ```
macro_rules! row {
    (
        $(#[$about:meta])*
        $visible:vis struct $name:ident $(<$life:lifetime>)? {
            $($(#[$field_about:meta])* $field:ident: $type:ty $(=> $shown:ident)?,)+
        }
    ) => {
        $(#[$about])*
        $visible struct $name $(<$life>)? {
            $($(#[$field_about])* pub $field: $type,)+
        }

        impl $(<$life>)? $crate::output::report::Row for $name $(<$life>)? {
            fn columns() -> Vec<$crate::output::report::Column> {
                vec![$($crate::output::report::row!(@column $field $($shown)?)),+]
            }

            fn cells(self) -> Vec<$crate::output::report::Cell> {
                vec![$(self.$field.into()),+]
            }
        }
    };
    (@column $field:ident) => {
        $crate::output::report::row!(@column $field new)
    };
    (@column $field:ident $shown:ident) => {
        // A field may be called as a word of Rust is: `r#type`.
        $crate::output::report::Column::$shown(stringify!($field).trim_start_matches("r#"))
    };
}
pub(crate) use row;

#[cfg(test)]
mod tests {
    use crate::{
        event::Timestamp,
        output::{
            Screen,
            report::{Bytes, Count, Millis, Report, ReportFormat},
        },
    };

    row! {
        struct Group<'a> {
            r#type: &'a str,
            members: Option<usize>,
            lag: Count,
            size: Option<Bytes> => wide,
            age_ms: Millis,
            last: Timestamp => wide,
            topics: Vec<&'a str>,
        }
    }

    #[test]
    fn the_fields_of_a_struct_are_the_columns() {
        let group = Group {
            r#type: "share",
            members: None,
            lag: Count::new(7, true),
            size: Some(Bytes(2_048)),
            age_ms: Millis(61_000),
            last: Timestamp(1_767_261_600_123),
            topics: vec!["a", "b"],
        };
        let report = Report::of("evctl.x/1", "groups", [group]).with("dry_run", true);
        let written = |format| {
            let mut out = Vec::new();
            report.write(&mut out, format, &Screen::file()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(ReportFormat::Table),
            "TYPE   MEMBERS  LAG    AGE  TOPICS\nshare        -   ≤7  1m 1s  a,b\n"
        );
        assert_eq!(
            written(ReportFormat::Json),
            concat!(
                r#"{"kind":"evctl.x/1","dry_run":true,"groups":[{"type":"share","members":null,"#,
                r#""lag":7,"size":2048,"age_ms":61000,"last":"2026-01-01T10:00:00.123Z","#,
                r#""topics":["a","b"]}]}"#,
                "\n"
            )
        );
        let none = Report::of::<Group<'_>>("evctl.x/1", "groups", []);
        let mut header = Vec::new();
        none.write(&mut header, ReportFormat::Csv, &Screen::file())
            .unwrap();
        assert_eq!(header, b"type,members,lag,size,age_ms,last,topics\n");
        assert!(report.has("size") && !report.has("members") && !none.has("size"));
        let shown = report.show_if("size", true);
        assert!(
            shown.columns.iter().all(|column| column.name != "size"
                || column.shown == crate::output::report::Shown::Always)
        );
    }
}

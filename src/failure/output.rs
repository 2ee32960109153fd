//! Failures of output formats: templates, columns and names of formats.

use super::Failure;
use crate::output::{
    records::{ColumnError, TemplateError, UnknownFormat},
    report::UnknownReportFormat,
};

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(format!("--format: {error}")).hint(
            "%s value, %k key, %t topic, %p partition, %o offset, %T timestamp in ms, %h headers, \
             %S and %K lengths, %R binary length, %% a percent sign; \\n \\r \\t \\e \\0 \\xNN",
        )
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        Self::usage(format!("--columns: {error}"))
    }
}

impl From<UnknownFormat> for Failure {
    fn from(error: UnknownFormat) -> Self {
        Self::usage(format!("--output: {error}"))
    }
}

impl From<UnknownReportFormat> for Failure {
    fn from(error: UnknownReportFormat) -> Self {
        Self::usage(format!("--output: {error}"))
    }
}

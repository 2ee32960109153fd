//! The files that come with evctl, as far as their types matter: names, numbers, labels.

mod descriptor;
mod google_type;

use self::descriptor::DESCRIPTOR;

/// The text of a file that everyone may import.
pub(super) fn text(path: &str) -> Option<&'static str> {
    let mut files = FILES.iter().chain(&google_type::FILES);
    let found = files.find(|(name, _)| *name == path);
    found.map(|(_, text)| *text)
}

/// The file that defines the type of a full name.
pub(super) fn path_of(full_name: &str) -> Option<&'static str> {
    let (package, name) = full_name.rsplit_once('.')?;
    let package = format!("package {package};");
    let declarations = [format!("message {name} {{"), format!("enum {name} {{")];
    let mut files = FILES.iter().chain(&google_type::FILES);
    let found = files.find(|(_, text)| {
        text.contains(&package) && declarations.iter().any(|one| text.contains(one))
    });
    found.map(|(path, _)| *path)
}

const FILES: [(&str, &str); 16] = [
    ("google/protobuf/any.proto", ANY),
    ("google/protobuf/api.proto", API),
    ("google/protobuf/descriptor.proto", DESCRIPTOR),
    ("google/protobuf/duration.proto", DURATION),
    ("google/protobuf/empty.proto", EMPTY),
    ("google/protobuf/field_mask.proto", FIELD_MASK),
    ("google/protobuf/source_context.proto", SOURCE_CONTEXT),
    ("google/protobuf/struct.proto", STRUCT),
    ("google/protobuf/timestamp.proto", TIMESTAMP),
    ("google/protobuf/type.proto", TYPE),
    ("google/protobuf/wrappers.proto", WRAPPERS),
    ("google/protobuf/cpp_features.proto", CPP_FEATURES),
    ("google/protobuf/go_features.proto", GO_FEATURES),
    ("google/protobuf/java_features.proto", JAVA_FEATURES),
    ("confluent/meta.proto", META),
    ("confluent/type/decimal.proto", DECIMAL),
];

const ANY: &str = r#"syntax = "proto3"; package google.protobuf;
message Any { string type_url = 1; bytes value = 2; }"#;

const API: &str = r#"syntax = "proto3"; package google.protobuf;
import "google/protobuf/source_context.proto";
import "google/protobuf/type.proto";
message Api {
  string name = 1; repeated Method methods = 2; repeated Option options = 3; string version = 4;
  SourceContext source_context = 5; repeated Mixin mixins = 6; Syntax syntax = 7;
  string edition = 8;
}
message Method {
  string name = 1; string request_type_url = 2; bool request_streaming = 3;
  string response_type_url = 4; bool response_streaming = 5; repeated Option options = 6;
  Syntax syntax = 7; string edition = 8;
}
message Mixin { string name = 1; string root = 2; }"#;

const DURATION: &str = r#"syntax = "proto3"; package google.protobuf;
message Duration { int64 seconds = 1; int32 nanos = 2; }"#;

const EMPTY: &str = r#"syntax = "proto3"; package google.protobuf; message Empty {}"#;

const FIELD_MASK: &str = r#"syntax = "proto3"; package google.protobuf;
message FieldMask { repeated string paths = 1; }"#;

const SOURCE_CONTEXT: &str = r#"syntax = "proto3"; package google.protobuf;
message SourceContext { string file_name = 1; }"#;

const STRUCT: &str = r#"syntax = "proto3"; package google.protobuf;
message Struct { map<string, Value> fields = 1; }
message Value {
  oneof kind {
    NullValue null_value = 1; double number_value = 2; string string_value = 3;
    bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6;
  }
}
enum NullValue { NULL_VALUE = 0; }
message ListValue { repeated Value values = 1; }"#;

const TIMESTAMP: &str = r#"syntax = "proto3"; package google.protobuf;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }"#;

const TYPE: &str = r#"syntax = "proto3"; package google.protobuf;
import "google/protobuf/any.proto";
import "google/protobuf/source_context.proto";
message Type {
  string name = 1; repeated Field fields = 2; repeated string oneofs = 3;
  repeated Option options = 4; SourceContext source_context = 5; Syntax syntax = 6;
  string edition = 7;
}
message Field {
  enum Kind {
    TYPE_UNKNOWN = 0; TYPE_DOUBLE = 1; TYPE_FLOAT = 2; TYPE_INT64 = 3; TYPE_UINT64 = 4;
    TYPE_INT32 = 5; TYPE_FIXED64 = 6; TYPE_FIXED32 = 7; TYPE_BOOL = 8; TYPE_STRING = 9;
    TYPE_GROUP = 10; TYPE_MESSAGE = 11; TYPE_BYTES = 12; TYPE_UINT32 = 13; TYPE_ENUM = 14;
    TYPE_SFIXED32 = 15; TYPE_SFIXED64 = 16; TYPE_SINT32 = 17; TYPE_SINT64 = 18;
  }
  enum Cardinality {
    CARDINALITY_UNKNOWN = 0; CARDINALITY_OPTIONAL = 1; CARDINALITY_REQUIRED = 2;
    CARDINALITY_REPEATED = 3;
  }
  Kind kind = 1; Cardinality cardinality = 2; int32 number = 3; string name = 4;
  string type_url = 6; int32 oneof_index = 7; bool packed = 8; repeated Option options = 9;
  string json_name = 10; string default_value = 11;
}
message Enum {
  string name = 1; repeated EnumValue enumvalue = 2; repeated Option options = 3;
  SourceContext source_context = 4; Syntax syntax = 5; string edition = 6;
}
message EnumValue { string name = 1; int32 number = 2; repeated Option options = 3; }
message Option { string name = 1; Any value = 2; }
enum Syntax { SYNTAX_PROTO2 = 0; SYNTAX_PROTO3 = 1; SYNTAX_EDITIONS = 2; }"#;

const WRAPPERS: &str = r#"syntax = "proto3"; package google.protobuf;
message DoubleValue { double value = 1; }
message FloatValue { float value = 1; }
message Int64Value { int64 value = 1; }
message UInt64Value { uint64 value = 1; }
message Int32Value { int32 value = 1; }
message UInt32Value { uint32 value = 1; }
message BoolValue { bool value = 1; }
message StringValue { string value = 1; }
message BytesValue { bytes value = 1; }"#;

const CPP_FEATURES: &str = r#"syntax = "proto2"; package pb;
import "google/protobuf/descriptor.proto";
message CppFeatures {}
extend google.protobuf.FeatureSet { optional CppFeatures cpp = 1000; }"#;

const JAVA_FEATURES: &str = r#"syntax = "proto2"; package pb;
import "google/protobuf/descriptor.proto";
message JavaFeatures {}
extend google.protobuf.FeatureSet { optional JavaFeatures java = 1001; }"#;

const GO_FEATURES: &str = r#"syntax = "proto2"; package pb;
import "google/protobuf/descriptor.proto";
message GoFeatures {}
extend google.protobuf.FeatureSet { optional GoFeatures go = 1002; }"#;

// Both are always there in Confluent's registry (ProtobufSchema.dependenciesWithLogicalTypes).
const META: &str = r#"syntax = "proto3"; package confluent;
import "google/protobuf/descriptor.proto";
message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
extend google.protobuf.FileOptions { Meta file_meta = 1088; }
extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }"#;

const DECIMAL: &str = r#"syntax = "proto3"; package confluent.type;
message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Source, protobuf::parse};

    #[test]
    fn what_comes_with_evctl_parses_and_all_its_types_are_found() {
        for (path, text) in FILES.iter().chain(&google_type::FILES) {
            let schema = parse(&Source::new(path, text), &[]).unwrap();
            let fields = schema.messages.iter().flat_map(|message| &message.fields);
            for field in fields {
                if let crate::schema::protobuf::model::Type::Named(name) = &field.kind {
                    assert!(name.target.is_some(), "{path}: {}", name.written);
                }
            }
        }
    }
}

//! What a schema refers to, by the names that it uses: found without understanding it, so that it
//! can be fetched before.

use std::collections::BTreeSet;

use super::{Format, Node, SchemaError, Source, Value, parse_json};

/// Avro's own types.
const AVRO: [&str; 14] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "error",
    "enum", "array", "map", "fixed",
];

/// The names that `source` uses and does not define: full names of Avro types, URIs without their
/// fragment, paths of imports. In order, each once.
///
/// # Errors
/// It is no JSON.
pub fn referenced_names(format: Format, source: &Source) -> Result<Vec<String>, SchemaError> {
    let found = match format {
        Format::Avro => {
            let mut names = Names::default();
            names.walk(&parse_json(source)?, "");
            names.used.difference(&names.defined).cloned().collect()
        }
        Format::Json => {
            let mut uris = BTreeSet::new();
            let root = parse_json(source)?;
            let id = root
                .get("$id")
                .or_else(|| root.get("id"))
                .and_then(Node::text);
            references(&root, id.unwrap_or_default(), &mut uris);
            uris.into_iter().collect()
        }
        Format::Protobuf => imports(&source.text),
    };
    Ok(found)
}

#[derive(Default)]
struct Names {
    defined: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Names {
    fn walk(&mut self, node: &Node, space: &str) {
        match &node.value {
            Value::String(name) if !AVRO.contains(&name.as_str()) => {
                self.used.insert(full(name, space));
            }
            Value::Array(branches) => branches.iter().for_each(|branch| self.walk(branch, space)),
            Value::Object(_) => self.object(node, space),
            _ => {}
        }
    }

    fn object(&mut self, node: &Node, space: &str) {
        let Some(kind) = node.get("type") else {
            return;
        };
        let Some(kind) = kind.text() else {
            return self.walk(kind, space);
        };
        match kind {
            "array" => self.all(node.get("items"), space),
            "map" => self.all(node.get("values"), space),
            "record" | "error" | "enum" | "fixed" => {
                let own = node.get("namespace").and_then(Node::text).unwrap_or(space);
                let name = full(
                    node.get("name").and_then(Node::text).unwrap_or_default(),
                    own,
                );
                let space = name
                    .rsplit_once('.')
                    .map_or("", |(space, _)| space)
                    .to_owned();
                self.defined.insert(name);
                let aliases = node.get("aliases").map(Node::items).unwrap_or_default();
                let aliases = aliases.iter().filter_map(Node::text);
                self.defined
                    .extend(aliases.map(|alias| full(alias, &space)));
                for field in node.get("fields").map(Node::items).unwrap_or_default() {
                    self.all(field.get("type"), &space);
                }
            }
            other if AVRO.contains(&other) => {}
            other => drop(self.used.insert(full(other, space))),
        }
    }

    fn all(&mut self, node: Option<&Node>, space: &str) {
        if let Some(node) = node {
            self.walk(node, space);
        }
    }
}

/// A name with its namespace (Avro 1.12, "Names").
fn full(name: &str, space: &str) -> String {
    if name.contains('.') || space.is_empty() {
        name.trim_start_matches('.').to_owned()
    } else {
        format!("{space}.{name}")
    }
}

/// The documents that a JSON Schema refers to. Its own name is none of them.
fn references(node: &Node, own: &str, uris: &mut BTreeSet<String>) {
    for member in node.members() {
        if member.name == "$ref"
            && let Some(target) = member.node.text()
        {
            let document = target.split('#').next().unwrap_or_default();
            let dialect = document.contains("://json-schema.org/");
            if !document.is_empty() && !dialect && document != own.trim_end_matches('#') {
                uris.insert(document.to_owned());
            }
        }
        if !matches!(
            member.name.as_str(),
            "enum" | "const" | "default" | "examples"
        ) {
            references(&member.node, own, uris);
        }
    }
    for item in node.items() {
        references(item, own, uris);
    }
}

/// `import "path";` of a `.proto` file, whatever else there is; those of Google's own come with
/// evctl.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in without_comments(text).split(';') {
        let words = statement.trim().strip_prefix("import").map(str::trim_start);
        let Some(rest) = words else { continue };
        let rest = ["public", "weak"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .unwrap_or(rest)
            .trim();
        let path = rest
            .strip_prefix(['"', '\''])
            .and_then(|rest| rest.strip_suffix(['"', '\'']));
        if let Some(path) = path
            && !path.starts_with("google/protobuf/")
        {
            found.push(path.to_owned());
        }
    }
    found
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        if let Some(comment) = from.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = from.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else {
            kept.push('/');
            rest = &from[1..];
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(format: Format, text: &str) -> Vec<String> {
        referenced_names(format, &Source::new("x", text)).unwrap()
    }

    #[test]
    fn avro_names_that_are_not_defined_are_found() {
        let text = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
            {"name":"a","type":"Address"},{"name":"next","type":["null","Order"]},
            {"name":"m","type":{"type":"map","values":"other.Money"}},
            {"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}},{"name":"e2","type":"E"}]}"#;
        assert_eq!(of(Format::Avro, text), ["other.Money", "shop.Address"]);
        assert_eq!(of(Format::Avro, "\"string\""), [""; 0]);
    }

    #[test]
    fn documents_of_json_schemas_are_found() {
        let text = r##"{"$id":"http://shop/order.json","properties":{
            "a":{"$ref":"address.json#/definitions/a"},"b":{"$ref":"#/x"},
            "c":{"$ref":"http://shop/order.json#/y"},"d":{"enum":[{"$ref":"no.json"}]}},
            "allOf":[{"$ref":"base.json"}]}"##;
        assert_eq!(of(Format::Json, text), ["address.json", "base.json"]);
    }

    #[test]
    fn imports_are_found_but_not_in_comments() {
        let text = "syntax = \"proto3\"; // import \"no.proto\";\nimport \"a/b.proto\";\n\
            /* import \"no.proto\"; */ import public 'c.proto';import \"google/protobuf/any.proto\";";
        assert_eq!(of(Format::Protobuf, text), ["a/b.proto", "c.proto"]);
    }
}

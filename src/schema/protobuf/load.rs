//! From sources to a schema: every file is parsed, what it imports is looked for, and every name
//! of a type is resolved where it can be.

use std::{collections::HashMap, mem::take, slice};

use super::{
    model::{
        EnumId, Field, File, Import, Message, MessageId, Origin, Schema, Syntax, Target, Type,
        TypeName,
    },
    parser::Parser,
    reserved::Reserved,
    well_known,
};
use crate::schema::{Position, Reference, SchemaError, Source};

/// The most that is read. Registries take a megabyte or so, because it must fit into a record.
const MOST: usize = 8 * 1024 * 1024;

/// Reads a file and what it imports: from the references by their names, or from what comes with
/// evctl (`google/protobuf/*`, `google/type/*`, and Confluent's `meta.proto` and
/// `decimal.proto`).
///
/// # Errors
/// What does not parse, with its place; an import that nothing was given for. Types that are not
/// found are no errors, for the registries accept them.
pub fn parse(source: &Source, references: &[Reference]) -> Result<Schema, SchemaError> {
    parse_files(slice::from_ref(source), references)
}

/// Reads files that are one schema together, like a folder of them. They find each other by the
/// names of the sources: `import "a/b.proto"` means a source whose name is or ends with that path.
///
/// # Errors
/// As [`parse`].
pub fn parse_files(sources: &[Source], references: &[Reference]) -> Result<Schema, SchemaError> {
    let mut schema = Schema {
        files: Vec::new(),
        messages: Vec::new(),
        enums: Vec::new(),
        names: HashMap::new(),
    };
    if sources.is_empty() {
        return Err(SchemaError {
            file: "".into(),
            at: Position { line: 1, column: 1 },
            message: "there is no .proto file".to_owned(),
            hint: None,
        });
    }
    let references_text = references.iter().map(|reference| &reference.source);
    let mut total = 0;
    for source in sources.iter().chain(references_text) {
        total += source.text.len();
        if total > MOST {
            return Err(SchemaError::too_large(source, total, MOST, "files"));
        }
    }
    for source in sources {
        read(&mut schema, source, &source.name, Origin::Own)?;
    }
    for reference in references {
        read(
            &mut schema,
            &reference.source,
            &reference.name,
            Origin::Reference,
        )?;
    }
    let mut next = 0;
    while next < schema.files.len() {
        for import in schema.files[next].imports.clone() {
            find_import(&mut schema, next, &import)?;
        }
        next += 1;
    }
    index(&mut schema);
    name_types(&mut schema);
    link(&mut schema);
    Ok(schema)
}

fn read(
    schema: &mut Schema,
    source: &Source,
    path: &str,
    origin: Origin,
) -> Result<(), SchemaError> {
    let file = File {
        name: source.name.clone(),
        path: path.replace('\\', "/"),
        text: source.text.clone(),
        origin,
        syntax: Syntax::Unsaid,
        package: None,
        imports: Vec::new(),
        options: Vec::new(),
        messages: Vec::new(),
        enums: Vec::new(),
        services: Vec::new(),
        extensions: Vec::new(),
        misplaced: Vec::new(),
    };
    let parsed = Parser::new(&source.text, schema).and_then(|parser| parser.file(file));
    let file = parsed.map_err(|(at, message)| SchemaError {
        file: source.name.clone(),
        at,
        message,
        hint: None,
    })?;
    schema.files.push(file);
    Ok(())
}

/// Makes sure that what is imported is one of the files.
fn find_import(schema: &mut Schema, importer: usize, import: &Import) -> Result<(), SchemaError> {
    let wanted = &import.path;
    let is_it = |file: &File| {
        let before = file.path.strip_suffix(wanted.as_str());
        match before {
            Some("") => true,
            Some(folder) => file.origin == Origin::Own && folder.ends_with('/'),
            None => false,
        }
    };
    if schema.files.iter().any(is_it) {
        return Ok(());
    }
    if let Some(text) = well_known::text(wanted) {
        return read(schema, &Source::new(wanted, text), wanted, Origin::Known);
    }
    if import.kind.may_be_missing() {
        return Ok(());
    }
    Err(SchemaError {
        file: schema.files[importer].name.clone(),
        at: import.at,
        message: format!("the import \"{wanted}\" was not found"),
        hint: Some(format!("give it with --reference {wanted}=FILE")),
    })
}

/// What things are looked up by.
fn index(schema: &mut Schema) {
    for message in &mut schema.messages {
        let Message {
            fields,
            oneofs,
            numbers,
            reserved,
            ..
        } = message;
        for (index, field) in fields.iter().enumerate() {
            numbers.insert(field.number, index);
            if let Some(oneof) = field.oneof {
                oneofs[oneof].members.push(index);
            }
        }
        *reserved = Reserved::new(take(&mut reserved.ranges), take(&mut reserved.names));
    }
    for one in &mut schema.enums {
        for (index, value) in one.values.iter().enumerate() {
            one.numbers.entry(value.number).or_insert(index);
            one.names.entry(value.name.clone()).or_insert(index);
        }
        let reserved = &mut one.reserved;
        *reserved = Reserved::new(take(&mut reserved.ranges), take(&mut reserved.names));
    }
}

/// Names that are there twice keep the first meaning: the schema's own files come first.
fn name_types(schema: &mut Schema) {
    let messages = schema.messages.iter().enumerate();
    let messages =
        messages.map(|(index, message)| (&message.full_name, Target::Message(MessageId(index))));
    let enums = schema.enums.iter().enumerate();
    let enums = enums.map(|(index, one)| (&one.full_name, Target::Enum(EnumId(index))));
    let mut names = HashMap::with_capacity(schema.messages.len() + schema.enums.len());
    for (name, target) in messages.chain(enums) {
        names.entry(name.clone()).or_insert(target);
    }
    schema.names = names;
}

fn link(schema: &mut Schema) {
    let names = take(&mut schema.names);
    for message in &mut schema.messages {
        link_fields(&mut message.fields, &names, &message.full_name);
        link_fields(&mut message.extensions, &names, &message.full_name);
    }
    for file in &mut schema.files {
        let package = file.package().to_owned();
        link_fields(&mut file.extensions, &names, &package);
        for method in file
            .services
            .iter_mut()
            .flat_map(|service| &mut service.methods)
        {
            resolve(&mut method.input.kind, &names, &package);
            resolve(&mut method.output.kind, &names, &package);
        }
    }
    schema.names = names;
}

fn link_fields(fields: &mut [Field], names: &HashMap<String, Target>, scope: &str) {
    for field in fields {
        match &mut field.kind {
            Type::Named(name) => resolve(name, names, scope),
            Type::Map(_, value) => {
                if let Type::Named(name) = &mut **value {
                    resolve(name, names, scope);
                }
            }
            Type::Scalar(_) | Type::Group(_) => {}
        }
        if let Some(extendee) = &mut field.extendee {
            resolve(extendee, names, scope);
        }
    }
}

/// Looks for the name in the innermost scope first (language specification, "Name Resolution").
fn resolve(name: &mut TypeName, names: &HashMap<String, Target>, scope: &str) {
    if let Some(absolute) = name.written.strip_prefix('.') {
        name.target = names.get(absolute).copied();
        return;
    }
    let mut scope = scope;
    while !scope.is_empty() {
        let candidate = format!("{scope}.{}", name.written);
        if let Some(target) = names.get(&candidate) {
            name.target = Some(*target);
            return;
        }
        scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
    }
    name.target = names.get(&name.written).copied();
}

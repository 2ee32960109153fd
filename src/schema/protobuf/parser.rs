//! The parser: one file's text into the tables of a schema. It is lenient, as the registries are:
//! numbers that are out of bounds, doubled names and unknown options are not its business.

mod fields;
mod options;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{
    lexer::{Fault, Lexer, Spot, Token},
    model::{
        Enum, EnumId, EnumValue, File, Import, ImportKind, Message, MessageId, Method, Named,
        Payload, Range, Schema, Service, Syntax, TypeName,
    },
    reserved::Reserved,
};
use crate::schema::Position;

/// Deeper nesting does not parse. The compiler of Google stops at 31, which is checked later.
const DEEPEST: usize = 100;
/// `max` in ranges of fields, which is 2^29 - 1.
pub(super) const MOST_FIELD: i32 = 536_870_911;

/// `reserved 2, "old";`
const APART: &str =
    "numbers and names are reserved by statements of their own: reserved 2; reserved \"old\";";

/// Reserved names (`Parser::ParseReserved` of protoc).
const BARE: &str = "reserved names are in quotes in proto2 and proto3: reserved \"old\";";
const IN_QUOTES: &str = "reserved names are without quotes in editions: reserved old;";

type Step<T> = Result<T, Fault>;

/// What a message or enum stands in.
#[derive(Clone, Copy)]
struct Scope<'s> {
    full_name: &'s str,
    parent: Option<MessageId>,
    depth: usize,
}

pub(super) struct Parser<'t, 's> {
    lexer: Lexer<'t>,
    next: Spot<'t>,
    schema: &'s mut Schema,
    /// The index that the file will have.
    file: usize,
    syntax: Syntax,
    /// [`File::misplaced`]
    misplaced: Vec<(Position, &'static str)>,
}

impl<'t, 's> Parser<'t, 's> {
    pub fn new(text: &'t str, schema: &'s mut Schema) -> Step<Self> {
        let mut lexer = Lexer::new(text);
        Ok(Self {
            next: lexer.next()?,
            lexer,
            file: schema.files.len(),
            schema,
            syntax: Syntax::Unsaid,
            misplaced: Vec::new(),
        })
    }

    /// Reads all of it into `file`.
    pub fn file(mut self, mut file: File) -> Step<File> {
        let mut is_first = true;
        while self.next.token != Token::End {
            if let (Token::Word("syntax" | "edition"), false) = (&self.next.token, is_first) {
                let why = "syntax or edition must be the first statement of a file";
                self.misplaced.push((self.next.at, why));
            }
            is_first = false;
            self.statement(&mut file)?;
        }
        file.syntax = self.syntax;
        file.misplaced = self.misplaced;
        Ok(file)
    }

    fn statement(&mut self, file: &mut File) -> Step<()> {
        let at = self.next.at;
        if self.sign(';')? {
            return Ok(());
        }
        self.visibility()?;
        let package = file.package().to_owned();
        let scope = Scope {
            full_name: &package,
            parent: None,
            depth: 0,
        };
        match self.keyword()? {
            "syntax" => self.syntax = self.read_syntax()?,
            "edition" => self.syntax = self.read_edition()?,
            "package" => {
                let name = self.dotted()?;
                if file.package.is_some() {
                    let why = "a file has one package, and this is another one";
                    self.misplaced.push((at, why));
                }
                file.package = Some(Named { name, at });
                self.end()?;
            }
            "import" => {
                let import = self.import(at)?;
                file.imports.push(import);
            }
            "option" => self.option(at, &mut file.options)?,
            "message" => {
                let id = self.message(at, scope)?;
                file.messages.push(id);
            }
            "enum" => {
                let id = self.enumeration(at, scope)?;
                file.enums.push(id);
            }
            "service" => {
                let service = self.service(at)?;
                file.services.push(service);
            }
            "extend" => {
                let (extensions, groups) = self.extend(scope)?;
                file.extensions.extend(extensions);
                file.messages.extend(groups);
            }
            other => {
                let expected = "expected a statement like 'message' or 'import'";
                return Err((at, format!("{expected}, found '{other}'")));
            }
        }
        Ok(())
    }

    /// `export` and `local` of edition 2024, before a message or an enum.
    fn visibility(&mut self) -> Step<()> {
        if matches!(self.next.token, Token::Word("export" | "local")) {
            let after = self.lexer.clone().next()?.token;
            if matches!(after, Token::Word("message" | "enum")) {
                if self.edition() < Some(2024) {
                    let why = "\"export\" and \"local\" came with edition 2024";
                    self.misplaced.push((self.next.at, why));
                }
                self.pass()?;
            }
        }
        Ok(())
    }

    fn read_syntax(&mut self) -> Step<Syntax> {
        self.expect('=')?;
        let at = self.next.at;
        let syntax = match self.string()?.as_str() {
            "proto2" => Syntax::Proto2,
            "proto3" => Syntax::Proto3,
            other => {
                let expected = "expected the syntax \"proto2\" or \"proto3\"";
                return Err((at, format!("{expected}, found \"{other}\"")));
            }
        };
        self.end()?;
        Ok(syntax)
    }

    /// The edition of the file, `None` for proto2 and proto3.
    fn edition(&self) -> Option<u32> {
        match self.syntax {
            Syntax::Edition(year) => Some(year),
            _ => None,
        }
    }

    fn read_edition(&mut self) -> Step<Syntax> {
        self.expect('=')?;
        let at = self.next.at;
        let text = self.string()?;
        self.end()?;
        let edition = text
            .parse()
            .ok()
            .filter(|year| (2023..=2026).contains(year));
        let edition = edition.ok_or_else(|| (at, format!("unknown edition \"{text}\"")))?;
        Ok(Syntax::Edition(edition))
    }

    fn import(&mut self, at: Position) -> Step<Import> {
        let kind = match self.next.token {
            Token::Word("public") => ImportKind::Public,
            Token::Word("weak") => ImportKind::Weak,
            Token::Word("option") => ImportKind::Option,
            _ => ImportKind::Plain,
        };
        if kind != ImportKind::Plain {
            self.pass()?;
        }
        match kind {
            ImportKind::Weak if self.edition() >= Some(2024) => {
                self.misplaced
                    .push((at, "edition 2024 has no weak imports"));
            }
            ImportKind::Option if self.edition() < Some(2024) => {
                let why = "imports for options alone came with edition 2024";
                self.misplaced.push((at, why));
            }
            _ => {}
        }
        let path = self.string()?;
        self.end()?;
        Ok(Import { path, at, kind })
    }

    fn message(&mut self, at: Position, scope: Scope<'_>) -> Step<MessageId> {
        let name = self.name()?;
        let id = self.declare(name, at, scope)?;
        self.body(id, scope.depth + 1)?;
        Ok(id)
    }

    /// A message that has nothing in it yet.
    fn declare(&mut self, name: String, at: Position, scope: Scope<'_>) -> Step<MessageId> {
        if scope.depth >= DEEPEST {
            return Err((at, format!("messages nested deeper than {DEEPEST} levels")));
        }
        let id = MessageId(self.schema.messages.len());
        self.schema.messages.push(Message {
            full_name: join(scope.full_name, &name),
            name,
            file: self.file,
            parent: scope.parent,
            at,
            fields: Vec::new(),
            oneofs: Vec::new(),
            messages: Vec::new(),
            enums: Vec::new(),
            extensions: Vec::new(),
            reserved: Reserved::default(),
            extension_ranges: Vec::new(),
            range_options: Vec::new(),
            numbers: HashMap::new(),
            options: Vec::new(),
            is_group: false,
        });
        Ok(id)
    }

    fn body(&mut self, id: MessageId, depth: usize) -> Step<()> {
        self.expect('{')?;
        let full_name = self.schema.message(id).full_name.clone();
        let scope = Scope {
            full_name: &full_name,
            parent: Some(id),
            depth,
        };
        while !self.closes()? {
            self.member(id, scope)?;
        }
        Ok(())
    }

    fn member(&mut self, id: MessageId, scope: Scope<'_>) -> Step<()> {
        let at = self.next.at;
        if self.sign(';')? {
            return Ok(());
        }
        self.visibility()?;
        // A field's type may be called like a statement, but then a name and '=' follow.
        match self.next.token {
            Token::Word("message") => {
                self.pass()?;
                let nested = self.message(at, scope)?;
                self.schema.messages[id.0].messages.push(nested);
            }
            Token::Word("enum") => {
                self.pass()?;
                let nested = self.enumeration(at, scope)?;
                self.schema.messages[id.0].enums.push(nested);
            }
            Token::Word("extend") => {
                self.pass()?;
                let (extensions, groups) = self.extend(scope)?;
                let message = &mut self.schema.messages[id.0];
                message.extensions.extend(extensions);
                message.messages.extend(groups);
            }
            Token::Word("option") => {
                self.pass()?;
                let mut options = std::mem::take(&mut self.schema.messages[id.0].options);
                self.option(at, &mut options)?;
                self.schema.messages[id.0].options = options;
            }
            Token::Word("reserved") => {
                self.pass()?;
                let (ranges, names) = self.reserved(MOST_FIELD)?;
                let message = &mut self.schema.messages[id.0];
                message.reserved.ranges.extend(ranges);
                message.reserved.names.extend(names);
            }
            Token::Word("extensions") => {
                self.pass()?;
                let ranges = self.ranges(MOST_FIELD)?;
                let options = self.brackets()?;
                let message = &mut self.schema.messages[id.0];
                message.extension_ranges.extend(ranges);
                message.range_options.extend(options);
                self.end()?;
            }
            Token::Word("oneof") => {
                self.pass()?;
                self.oneof(id, scope)?;
            }
            _ => {
                let field = self.field(id, scope, None)?;
                self.schema.messages[id.0].fields.push(field);
            }
        }
        Ok(())
    }

    fn enumeration(&mut self, at: Position, scope: Scope<'_>) -> Step<EnumId> {
        let name = self.name()?;
        let mut one = Enum {
            full_name: join(scope.full_name, &name),
            name,
            file: self.file,
            parent: scope.parent,
            at,
            values: Vec::new(),
            reserved: Reserved::default(),
            numbers: HashMap::new(),
            names: HashMap::new(),
            options: Vec::new(),
        };
        self.expect('{')?;
        while !self.closes()? {
            self.enum_member(&mut one)?;
        }
        let id = EnumId(self.schema.enums.len());
        self.schema.enums.push(one);
        Ok(id)
    }

    fn enum_member(&mut self, one: &mut Enum) -> Step<()> {
        let at = self.next.at;
        if self.sign(';')? {
            return Ok(());
        }
        let name = self.name()?;
        if name == "option" && self.next.token != Token::Sign('=') {
            return self.option(at, &mut one.options);
        }
        if name == "reserved" && self.next.token != Token::Sign('=') {
            let (ranges, names) = self.reserved(i32::MAX)?;
            one.reserved.ranges.extend(ranges);
            one.reserved.names.extend(names);
            return Ok(());
        }
        self.expect('=')?;
        let number_at = self.next.at;
        let number = self.integer()?;
        let options = self.brackets()?;
        self.end()?;
        one.values.push(EnumValue {
            name,
            number,
            options,
            at,
            number_at,
        });
        Ok(())
    }

    fn service(&mut self, at: Position) -> Step<Service> {
        let name = self.name()?;
        let (mut methods, mut options) = (Vec::new(), Vec::new());
        self.expect('{')?;
        while !self.closes()? {
            let at = self.next.at;
            if self.sign(';')? {
                continue;
            }
            match self.keyword()? {
                "option" => self.option(at, &mut options)?,
                "rpc" => methods.push(self.method(at)?),
                other => {
                    let message = format!("expected 'rpc' or 'option', found '{other}'");
                    return Err((at, message));
                }
            }
        }
        Ok(Service {
            name,
            at,
            methods,
            options,
        })
    }

    fn method(&mut self, at: Position) -> Step<Method> {
        let name = self.name()?;
        let input = self.payload()?;
        let returns = self.next.at;
        if self.keyword()? != "returns" {
            return Err((returns, "expected 'returns'".to_owned()));
        }
        let output = self.payload()?;
        let mut options = Vec::new();
        if self.sign('{')? {
            while !self.closes()? {
                let at = self.next.at;
                if self.sign(';')? {
                    continue;
                }
                if self.keyword()? != "option" {
                    return Err((at, "expected 'option' or '}'".to_owned()));
                }
                self.option(at, &mut options)?;
            }
        } else {
            self.end()?;
        }
        Ok(Method {
            name,
            at,
            input,
            output,
            options,
        })
    }

    /// `(stream Type)`
    fn payload(&mut self) -> Step<Payload> {
        self.expect('(')?;
        let mut is_stream = false;
        if self.next.token == Token::Word("stream") {
            let after = self.lexer.clone().next()?.token;
            is_stream = after != Token::Sign(')') && after != Token::Sign('.')
                || self.leads_to_absolute_name()?;
        }
        if is_stream {
            self.pass()?;
        }
        let at = self.next.at;
        let kind = TypeName::new(self.type_name()?);
        self.expect(')')?;
        Ok(Payload {
            kind,
            at,
            is_stream,
        })
    }

    /// Whether `stream .pkg.Type)` is ahead, and not the type `stream.Type)`: told by the blank.
    fn leads_to_absolute_name(&self) -> Step<bool> {
        let after = self.lexer.clone().next()?;
        let touches =
            self.next.at.column + 6 == after.at.column && self.next.at.line == after.at.line;
        Ok(after.token == Token::Sign('.') && !touches)
    }

    /// Numbers or names that must not be used, up to the semicolon.
    fn reserved(&mut self, most: i32) -> Step<(Vec<Range>, Vec<String>)> {
        let mut names = Vec::new();
        if !matches!(self.next.token, Token::Text(_) | Token::Word(_)) {
            let ranges = self.ranges(most)?;
            self.end()?;
            return Ok((ranges, names));
        }
        loop {
            let is_bare = matches!(self.next.token, Token::Word(_));
            match self.edition() {
                None if is_bare => self.misplaced.push((self.next.at, BARE)),
                Some(_) if !is_bare => self.misplaced.push((self.next.at, IN_QUOTES)),
                _ => {}
            }
            names.push(match self.next.token {
                Token::Word(word) => {
                    self.pass()?;
                    word.to_owned()
                }
                Token::Number(_) | Token::Sign('-') => {
                    return Err((self.next.at, APART.to_owned()));
                }
                _ => self.string()?,
            });
            if !self.sign(',')? {
                self.end()?;
                return Ok((Vec::new(), names));
            }
        }
    }

    /// `1, 3 to 5, 9 to max`
    fn ranges(&mut self, most: i32) -> Step<Vec<Range>> {
        let mut ranges = Vec::new();
        loop {
            if let Token::Text(_) = self.next.token {
                return Err((self.next.at, APART.to_owned()));
            }
            let from = self.integer()?;
            let mut to = from;
            if self.next.token == Token::Word("to") {
                self.pass()?;
                if self.next.token == Token::Word("max") {
                    self.pass()?;
                    to = most;
                } else {
                    to = self.integer()?;
                }
            }
            ranges.push(Range { from, to });
            if !self.sign(',')? {
                return Ok(ranges);
            }
        }
    }
}

/// The words that everything is made of.
impl<'t> Parser<'t, '_> {
    fn pass(&mut self) -> Step<Spot<'t>> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// Passes over this sign, when it is the next thing.
    fn sign(&mut self, sign: char) -> Step<bool> {
        let is_next = self.next.token == Token::Sign(sign);
        if is_next {
            self.pass()?;
        }
        Ok(is_next)
    }

    /// Passes over the brace that ends a block, when it is the next thing.
    fn closes(&mut self) -> Step<bool> {
        if self.next.token == Token::End {
            return Err(self.unexpected("'}'"));
        }
        self.sign('}')
    }

    fn expect(&mut self, sign: char) -> Step<()> {
        if self.sign(sign)? {
            return Ok(());
        }
        Err(self.unexpected(&format!("'{sign}'")))
    }

    fn end(&mut self) -> Step<()> {
        self.expect(';')
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = self.next.token.describe();
        (self.next.at, format!("expected {expected}, found {found}"))
    }

    fn keyword(&mut self) -> Step<&'t str> {
        let Token::Word(word) = self.next.token else {
            return Err(self.unexpected("a keyword"));
        };
        self.pass()?;
        Ok(word)
    }

    fn name(&mut self) -> Step<String> {
        let Token::Word(word) = self.next.token else {
            return Err(self.unexpected("a name"));
        };
        self.pass()?;
        Ok(word.to_owned())
    }

    fn dotted(&mut self) -> Step<String> {
        let mut name = self.name()?;
        while self.sign('.')? {
            name.push('.');
            name.push_str(&self.name()?);
        }
        Ok(name)
    }

    /// A type's name, with or without a leading dot.
    fn type_name(&mut self) -> Step<String> {
        let absolute = self.sign('.')?;
        let name = self.dotted()?;
        Ok(if absolute { format!(".{name}") } else { name })
    }

    /// One string, or several that follow each other.
    fn string(&mut self) -> Step<String> {
        if !matches!(self.next.token, Token::Text(_)) {
            return Err(self.unexpected("a string"));
        }
        let mut string = String::new();
        while let Token::Text(part) = &self.next.token {
            string.push_str(part);
            self.pass()?;
        }
        Ok(string)
    }

    fn integer(&mut self) -> Step<i32> {
        let at = self.next.at;
        let negative = self.sign('-')?;
        let Token::Number(number) = self.next.token else {
            return Err(self.unexpected("a number"));
        };
        let value = whole(number).map(|value| if negative { -value } else { value });
        let value = value.and_then(|value| i32::try_from(value).ok());
        let value = value.ok_or_else(|| (at, format!("'{number}' is no number of 32 bits")))?;
        self.pass()?;
        Ok(value)
    }
}

/// A whole number: decimal, hexadecimal or octal.
pub(super) fn whole(number: &str) -> Option<i128> {
    if let Some(digits) = number
        .strip_prefix("0x")
        .or_else(|| number.strip_prefix("0X"))
    {
        return i128::from_str_radix(digits, 16).ok();
    }
    if number.len() > 1 && number.starts_with('0') {
        return i128::from_str_radix(number, 8).ok();
    }
    number.parse().ok()
}

/// A name within a scope, which may be empty.
pub(super) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        return name.to_owned();
    }
    format!("{scope}.{name}")
}

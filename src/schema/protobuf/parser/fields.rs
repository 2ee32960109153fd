//! Fields: plain ones, maps, groups, those of a oneof and of an extension.

use super::{
    super::{
        lexer::Token,
        model::{Field, Label, MessageId, OneOf, Type, TypeName},
        scalar::Scalar,
    },
    Parser, Scope, Step,
};
use crate::schema::Position;

impl Parser<'_, '_> {
    /// A field of `message`; a group's message becomes one of its messages.
    pub(super) fn field(
        &mut self,
        message: MessageId,
        scope: Scope<'_>,
        oneof: Option<usize>,
    ) -> Step<Field> {
        let mut groups = Vec::new();
        let mut field = self.any_field(scope, &mut groups)?;
        field.oneof = oneof;
        self.schema.messages[message.0].messages.extend(groups);
        Ok(field)
    }

    pub(super) fn oneof(&mut self, message: MessageId, scope: Scope<'_>) -> Step<()> {
        let at = self.next.at;
        let name = self.name()?;
        let index = self.schema.message(message).oneofs.len();
        self.schema.messages[message.0].oneofs.push(OneOf {
            name,
            members: Vec::new(),
            options: Vec::new(),
            at,
        });
        self.expect('{')?;
        while !self.closes()? {
            let at = self.next.at;
            if self.sign(';')? {
                continue;
            }
            if self.next.token == Token::Word("option") {
                self.pass()?;
                let mut options = Vec::new();
                self.option(at, &mut options)?;
                let oneofs = &mut self.schema.messages[message.0].oneofs;
                oneofs[index].options.extend(options);
                continue;
            }
            let field = self.field(message, scope, Some(index))?;
            self.schema.messages[message.0].fields.push(field);
        }
        Ok(())
    }

    /// `extend Type { … }`: its fields, and the messages of its groups.
    pub(super) fn extend(&mut self, scope: Scope<'_>) -> Step<(Vec<Field>, Vec<MessageId>)> {
        let at = self.next.at;
        let extendee = self.type_name()?;
        let (mut fields, mut groups) = (Vec::new(), Vec::new());
        self.expect('{')?;
        while !self.closes()? {
            if self.sign(';')? {
                continue;
            }
            let mut field = self.any_field(scope, &mut groups)?;
            field.extendee = Some(TypeName::new(extendee.clone()));
            fields.push(field);
        }
        if fields.is_empty() {
            self.misplaced
                .push((at, "\"extend\" needs at least one field"));
        }
        Ok((fields, groups))
    }

    fn any_field(&mut self, scope: Scope<'_>, groups: &mut Vec<MessageId>) -> Step<Field> {
        let at = self.next.at;
        let label = self.label()?;
        let type_at = self.next.at;
        if self.next.token == Token::Word("group") {
            return self.group(at, label, scope, groups);
        }
        let kind = self.field_type()?;
        let name_at = self.next.at;
        let name = self.name()?;
        self.expect('=')?;
        let number = self.integer()?;
        let options = self.brackets()?;
        self.end()?;
        Ok(Field {
            name,
            number,
            label,
            kind,
            oneof: None,
            options,
            extendee: None,
            at,
            name_at,
            type_at,
        })
    }

    fn label(&mut self) -> Step<Option<Label>> {
        let label = match self.next.token {
            Token::Word("optional") => Label::Optional,
            Token::Word("required") => Label::Required,
            Token::Word("repeated") => Label::Repeated,
            _ => return Ok(None),
        };
        self.pass()?;
        Ok(Some(label))
    }

    fn field_type(&mut self) -> Step<Type> {
        if self.next.token != Token::Word("map") {
            return Ok(named(self.type_name()?));
        }
        let written = self.type_name()?;
        if written != "map" || !self.sign('<')? {
            return Ok(named(written));
        }
        let key_at = self.next.at;
        let key = self.type_name()?;
        let key = Scalar::of(&key)
            .ok_or_else(|| (key_at, format!("'{key}' cannot be the key of a map")))?;
        self.expect(',')?;
        let value = named(self.type_name()?);
        self.expect('>')?;
        Ok(Type::Map(key, Box::new(value)))
    }

    /// `group Name = 1 { … }`: a field with the name in lower case, and a message.
    fn group(
        &mut self,
        at: Position,
        label: Option<Label>,
        scope: Scope<'_>,
        groups: &mut Vec<MessageId>,
    ) -> Step<Field> {
        let type_at = self.next.at;
        self.pass()?;
        let name_at = self.next.at;
        let name = self.name()?;
        let id = self.declare(name.clone(), at, scope)?;
        self.schema.messages[id.0].is_group = true;
        groups.push(id);
        self.expect('=')?;
        let number = self.integer()?;
        let options = self.brackets()?;
        self.body(id, scope.depth + 1)?;
        Ok(Field {
            name: name.to_lowercase(),
            number,
            label,
            kind: Type::Group(id),
            oneof: None,
            options,
            extendee: None,
            at,
            name_at,
            type_at,
        })
    }
}

fn named(written: String) -> Type {
    Scalar::of(&written).map_or_else(|| Type::Named(TypeName::new(written)), Type::Scalar)
}

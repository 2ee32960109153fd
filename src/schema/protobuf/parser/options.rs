//! Options. Only their names and plain values are kept; of a value in braces, the parts of
//! `features`, because they change what the file means.

use super::{
    super::{
        lexer::Token,
        model::{Setting, ValueKind},
    },
    Parser, Step,
};
use crate::schema::Position;

impl Parser<'_, '_> {
    /// What follows `option`, up to the semicolon.
    pub(super) fn option(&mut self, at: Position, settings: &mut Vec<Setting>) -> Step<()> {
        let name = self.option_name()?;
        self.expect('=')?;
        self.setting(name, at, settings)?;
        self.end()
    }

    /// `[name = value, …]`, when there is one.
    pub(super) fn brackets(&mut self) -> Step<Vec<Setting>> {
        let mut settings = Vec::new();
        if !self.sign('[')? {
            return Ok(settings);
        }
        loop {
            let at = self.next.at;
            let name = self.option_name()?;
            self.expect('=')?;
            self.setting(name, at, &mut settings)?;
            if !self.sign(',')? {
                self.expect(']')?;
                return Ok(settings);
            }
        }
    }

    /// `name`, `(name)`, or several of them with dots between.
    fn option_name(&mut self) -> Step<String> {
        let mut name = String::new();
        loop {
            if self.sign('(')? {
                name.push('(');
                name.push_str(&self.type_name()?);
                name.push(')');
                self.expect(')')?;
            } else {
                name.push_str(&self.name()?);
            }
            if !self.sign('.')? {
                return Ok(name);
            }
            name.push('.');
        }
    }

    fn setting(&mut self, name: String, at: Position, settings: &mut Vec<Setting>) -> Step<()> {
        if self.next.token == Token::Sign('{') {
            return self.braces(&name, at, settings);
        }
        let (value, kind) = self.constant()?;
        settings.push(Setting {
            name,
            value,
            kind,
            at,
        });
        Ok(())
    }

    fn constant(&mut self) -> Step<(String, ValueKind)> {
        let mut value = String::new();
        if self.sign('-')? {
            value.push('-');
        } else {
            self.sign('+')?;
        }
        let kind = match self.next.token {
            Token::Text(_) => return Ok((self.string()?, ValueKind::Text)),
            Token::Word(_) => {
                value.push_str(&self.dotted()?);
                ValueKind::Word
            }
            Token::Number(number) => {
                value.push_str(number);
                self.pass()?;
                ValueKind::Number
            }
            _ => return Err(self.unexpected("a value")),
        };
        Ok((value, kind))
    }

    /// A value in braces: its own plain parts become settings, what is deeper is passed over.
    fn braces(&mut self, name: &str, at: Position, settings: &mut Vec<Setting>) -> Step<()> {
        settings.push(Setting {
            name: name.to_owned(),
            value: String::new(),
            kind: ValueKind::Braces,
            at,
        });
        let mut depth = 0_usize;
        let mut key = None;
        loop {
            let spot = self.pass()?;
            match spot.token {
                Token::Sign('{' | '[') => depth += 1,
                Token::Sign('}' | ']') => depth = depth.saturating_sub(1),
                Token::End => return Err((at, "a value in braces that does not end".to_owned())),
                Token::Word(word) if depth == 1 => match key.take() {
                    None => key = Some(word),
                    Some(part) => settings.push(Setting {
                        name: format!("{name}.{part}"),
                        value: word.to_owned(),
                        kind: ValueKind::Word,
                        at,
                    }),
                },
                Token::Sign(':') => {}
                _ => key = None,
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

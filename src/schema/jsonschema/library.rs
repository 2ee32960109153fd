//! The documents of a schema, its own and those that were given with it, and where a `$ref` leads.
//! It knows JSON and URIs, nothing of what a schema says.

use std::{collections::HashMap, sync::Arc};

use super::{
    super::{Node, Value},
    uri,
};

/// A dialect of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Draft {
    Four,
    Six,
    Seven,
    Nineteen,
    Twenty,
}

impl Draft {
    /// The dialect that `$schema` names, when it is a known one.
    pub fn named(tree: &Node) -> Option<Self> {
        let url = tree.get("$schema")?.text()?;
        let rest = url
            .strip_prefix("https")
            .or_else(|| url.strip_prefix("http"))?;
        let rest = rest.strip_prefix("://json-schema.org/")?;
        let drafts = [
            ("draft/2020-12/schema", Self::Twenty),
            ("draft/2019-09/schema", Self::Nineteen),
            ("draft-07/schema", Self::Seven),
            ("draft-06/schema", Self::Six),
            ("draft-04/schema", Self::Four),
            // The registries take the address without a version for the oldest one.
            ("schema", Self::Four),
        ];
        let found = drafts.iter().find(|(path, _)| rest.starts_with(path));
        found.map(|(_, draft)| *draft)
    }

    /// The keyword that gives a schema its URI.
    pub fn id_keyword(self) -> &'static str {
        if self == Self::Four { "id" } else { "$id" }
    }

    /// Whether a registry reads it with the newer of its two libraries.
    pub fn is_modern(self) -> bool {
        self >= Self::Nineteen
    }
}

/// A text that was read.
#[derive(Debug)]
pub struct Document {
    /// The name it was given as a reference; none for the schema itself.
    pub name: String,
    /// The source's name.
    pub file: Arc<str>,
    /// What it says.
    pub tree: Node,
    /// What relative references in it are resolved against, unless an id says otherwise.
    pub base: String,
    /// The dialect it names itself.
    pub draft: Option<Draft>,
}

/// The documents; the first one is the schema itself.
#[derive(Debug)]
pub struct Library {
    pub documents: Vec<Document>,
    /// The documents, the schemas with an id and the anchors by their URI.
    places: HashMap<String, NodeLocation>,
    /// The members of large objects by their name, found by where the members lie.
    wide: HashMap<usize, HashMap<String, usize>>,
    /// What a reference to a metaschema leads to: a schema that accepts everything.
    anything: Node,
}

/// An object with more members is looked up by a table.
const WIDE: usize = 32;

#[derive(Clone, Debug)]
struct NodeLocation {
    document: usize,
    pointer: String,
    base: String,
}

/// Where a reference leads.
pub struct Target<'l> {
    pub document: usize,
    pub node: &'l Node,
    /// The JSON pointer of it in its document.
    pub pointer: String,
    /// What references in it are resolved against.
    pub base: String,
}

/// Values under these are data and hold no schemas.
const DATA: [&str; 4] = ["enum", "const", "default", "examples"];

impl Library {
    /// The schema's own document and those that it may refer to, with the names they were given.
    pub fn new(own: (Arc<str>, Node), others: Vec<(String, Arc<str>, Node)>) -> Self {
        let draft = Draft::named(&own.1);
        let base = id_of(&own.1, draft).map(str::to_owned).unwrap_or_default();
        let mut library = Self {
            documents: vec![Document {
                name: String::new(),
                file: own.0,
                tree: own.1,
                base: base.clone(),
                draft,
            }],
            places: HashMap::new(),
            wide: HashMap::new(),
            anything: Node {
                at: crate::schema::Position::default(),
                value: Value::Object(Vec::new()),
            },
        };
        for (name, file, tree) in others {
            let draft = Draft::named(&tree);
            let named = uri::resolve(&base, &name);
            let own_base =
                id_of(&tree, draft).map_or_else(|| named.clone(), |id| uri::resolve(&named, id));
            let document = library.documents.len();
            for uri in [named, name.clone(), own_base.clone()] {
                let uri = uri.trim_end_matches('#').to_owned();
                let place = NodeLocation {
                    document,
                    pointer: String::new(),
                    base: own_base.clone(),
                };
                library.places.entry(uri).or_insert(place);
            }
            library.documents.push(Document {
                name,
                file,
                tree,
                base: own_base,
                draft,
            });
        }
        for document in 0..library.documents.len() {
            library.index(document);
        }
        library
    }

    /// The dialect of the schema, as far as it says.
    pub fn draft(&self) -> Option<Draft> {
        self.documents[0].draft
    }

    /// Notes every id and anchor of a document, and its large objects.
    fn index(&mut self, document: usize) {
        let keyword = self.documents[document]
            .draft
            .unwrap_or(Draft::Seven)
            .id_keyword();
        let base = self.documents[document].base.clone();
        let mut found: Vec<(String, NodeLocation)> = Vec::new();
        let mut wide = Vec::new();
        found.push((
            base.clone(),
            NodeLocation {
                document,
                pointer: String::new(),
                base: base.clone(),
            },
        ));
        let mut open = vec![(&self.documents[document].tree, base, String::new())];
        while let Some((node, mut base, pointer)) = open.pop() {
            if let Some(id) = node.get(keyword).and_then(Node::text) {
                let uri = uri::resolve(&base, id);
                let (plain, _) = uri::split(&uri);
                if !id.starts_with('#') && !pointer.is_empty() {
                    plain.clone_into(&mut base);
                }
                let place = NodeLocation {
                    document,
                    pointer: pointer.clone(),
                    base: base.clone(),
                };
                found.push((uri.trim_end_matches('#').to_owned(), place.clone()));
                found.push((id.to_owned(), place));
            }
            for anchor in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = node.get(anchor).and_then(Node::text) {
                    let place = NodeLocation {
                        document,
                        pointer: pointer.clone(),
                        base: base.clone(),
                    };
                    found.push((uri::resolve(&base, &format!("#{name}")), place.clone()));
                    if base.is_empty() {
                        found.push((format!("#{name}"), place));
                    }
                }
            }
            if node.members().len() > WIDE {
                let names = node.members().iter().enumerate();
                let names = names.map(|(index, member)| (member.name.clone(), index));
                wide.push((node.members().as_ptr() as usize, names.collect()));
            }
            for member in node.members() {
                let holds = matches!(member.node.value, Value::Object(_) | Value::Array(_));
                if holds && !DATA.contains(&member.name.as_str()) {
                    let pointer = format!("{pointer}/{}", escape(&member.name));
                    open.push((&member.node, base.clone(), pointer));
                }
            }
            for (index, item) in node.items().iter().enumerate() {
                if matches!(item.value, Value::Object(_) | Value::Array(_)) {
                    open.push((item, base.clone(), format!("{pointer}/{index}")));
                }
            }
        }
        self.wide.extend(wide);
        for (uri, place) in found {
            self.places.entry(uri).or_insert(place);
        }
    }

    /// Where `reference` leads when it stands in `document` inside of `base`.
    pub fn find(&self, document: usize, base: &str, reference: &str) -> Option<Target<'_>> {
        let absolute = uri::resolve(base, reference);
        if let Some(target) = self.place(&absolute).or_else(|| self.place(reference)) {
            return Some(target);
        }
        let (uri, fragment) = uri::split(&absolute);
        // The registries look a fragment up in the whole document, whatever ids are around it.
        if reference.starts_with('#') {
            let root = NodeLocation {
                document,
                pointer: String::new(),
                base: self.documents[document].base.clone(),
            };
            return self.inside(&root, &fragment);
        }
        if let Some(bare) = reference.strip_prefix("./") {
            return self.find(document, base, bare);
        }
        let metaschema = ["http://json-schema.org/", "https://json-schema.org/"];
        metaschema
            .iter()
            .any(|host| uri.starts_with(host))
            .then(|| Target {
                document: 0,
                node: &self.anything,
                pointer: String::new(),
                base: String::new(),
            })
    }

    fn place(&self, uri: &str) -> Option<Target<'_>> {
        let uri = uri.trim_end_matches('#');
        if let Some(place) = self.places.get(uri) {
            return self.inside(place, "");
        }
        let (document, fragment) = uri::split(uri);
        self.inside(self.places.get(document)?, &fragment)
    }

    /// What a JSON pointer finds below a place.
    fn inside(&self, place: &NodeLocation, pointer: &str) -> Option<Target<'_>> {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return None;
        }
        let draft = self.documents[place.document].draft.unwrap_or(Draft::Seven);
        let mut node = &self.documents[place.document].tree;
        for token in tokens(&place.pointer) {
            node = self.step(node, &token)?;
        }
        let mut base = place.base.clone();
        for token in tokens(pointer) {
            node = self.step(node, &token)?;
            // What holds all definitions has many members.
            if let Some(id) = self.step(node, draft.id_keyword()).and_then(as_id) {
                base = uri::resolve(&base, id);
            }
        }
        let pointer = format!("{}{pointer}", place.pointer);
        Some(Target {
            document: place.document,
            node,
            pointer,
            base,
        })
    }

    /// The member or the item that a part of a JSON pointer names.
    pub fn step<'n>(&self, node: &'n Node, token: &str) -> Option<&'n Node> {
        if let Some(names) = self.wide.get(&(node.members().as_ptr() as usize)) {
            return node
                .members()
                .get(*names.get(token)?)
                .map(|member| &member.node);
        }
        node.get(token)
            .or_else(|| node.items().get(token.parse::<usize>().ok()?))
    }
}

/// The id of a schema that is more than an anchor.
pub fn id_of(tree: &Node, draft: Option<Draft>) -> Option<&str> {
    as_id(tree.get(draft.unwrap_or(Draft::Seven).id_keyword())?)
}

fn as_id(id: &Node) -> Option<&str> {
    let id = id.text()?;
    (!id.starts_with('#')).then(|| id.trim_end_matches('#'))
}

/// A member's name as a part of a JSON pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1")
    } else {
        name.to_owned()
    }
}

fn tokens(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
}

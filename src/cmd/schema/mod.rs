//! `evctl schema`: differences between schemas, and who they break.

mod args;
mod changed_schemas;
mod check;
mod comparison;
mod diff;
mod get;
mod list;
mod register;
mod registry;
mod report;
mod rules;

use clap::Subcommand;

use crate::{command::Context, exit::Exit, failure::Failure};

/// Compare schemas, and read and write a registry
///
/// Avro, JSON Schema and Protobuf. diff and check take files, commits of Git and subjects of a
/// registry, and need no network unless a registry is named. Names of schemas:
///
///   order.avsc                      a file: .avsc Avro, .json JSON Schema, .proto Protobuf
///   protos/                         a folder of .proto files, taken as one schema
///   git:main:schemas/order.avsc     a file or folder of a commit
///   registry:orders-value           the latest version of a subject
///   registry:orders-value@3         version 3 of a subject
///   registry:orders-value@all       all versions, oldest first
///   -                               standard input
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum SchemaCommand {
    /// Show what changed between schemas, who breaks, and in which compatibility modes
    ///
    ///   evctl schema diff order-v1.avsc order-v2.avsc
    ///   evctl schema diff git:main:order.avsc order.avsc --rules karapace
    ///   evctl schema diff registry:orders-value@all order.avsc
    ///   evctl schema diff v1.proto v2.proto v3.proto -o json
    ///
    /// The last schema is the new one, those before it are old versions, oldest first: a mode that is
    /// not transitive compares with the last of them. The exit code is 0 whatever changed, and 2 when a
    /// schema cannot be read; `schema check` gives a verdict.
    #[command(verbatim_doc_comment)]
    Diff(diff::DiffArgs),
    /// Check whether a new schema is compatible with old versions
    ///
    ///   evctl schema check order.avsc --against registry:orders-value
    ///   evctl schema check order.avsc --against git:main:order.avsc --mode full
    ///   evctl schema check --git main...HEAD schemas/ --report junit=schemas.xml --report github
    ///   evctl schema check new.json --against old.json --allow approved.toml --fail-on risk
    ///
    /// The exit code is 0 when it is compatible, 1 when not, and 2 when a schema cannot be read.
    #[command(verbatim_doc_comment)]
    Check(Box<check::CheckArgs>),
    /// List the registry's subjects
    ///
    ///   evctl schema list
    ///   evctl schema list 'orders-*' -o json
    #[command(verbatim_doc_comment)]
    List(list::ListArgs),
    /// Print a schema of the registry
    ///
    ///   evctl schema get orders-value
    ///   evctl schema get orders-value@3 -o json
    ///   evctl schema get 42
    ///   evctl schema get orders-value --into schemas/
    ///
    /// A number is an id, 36 characters with dashes are a GUID, anything else is a subject.
    #[command(verbatim_doc_comment)]
    Get(get::GetArgs),
    /// Register a schema
    ///
    ///   evctl schema register orders-value order.avsc
    ///   evctl schema register orders-value order.avsc --reference shop.Address=address-value@2
    ///   evctl schema register orders-value order.avsc --dry-run
    ///
    /// Shows what the schema breaks and what the registry says of it, and asks before it registers.
    #[command(verbatim_doc_comment)]
    Register(register::RegisterArgs),
    /// List and explain the changes that diff and check find
    ///
    ///   evctl schema rules
    ///   evctl schema rules avro/missing-enum-symbols
    #[command(verbatim_doc_comment)]
    Rules(rules::RulesArgs),
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &Context, command: &SchemaCommand) -> Result<Exit, Failure> {
    // The command waits for standard input and registries, and writes whole files only: a signal may end
    // it at any time.
    context.cancel.leave_unwatched();
    match command {
        SchemaCommand::Diff(args) => diff::run(context, args),
        SchemaCommand::Check(args) => check::run(context, args),
        SchemaCommand::List(args) => list::run(context, args),
        SchemaCommand::Get(args) => get::run(context, args),
        SchemaCommand::Register(args) => register::run(context, args),
        SchemaCommand::Rules(args) => rules::run(context, args),
    }
}

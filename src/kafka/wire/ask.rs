//! Which answer belongs to which request. (kafka-protocol has such a trait only together with the
//! broker's half of all messages, which would double what there is to compile.)

use kafka_protocol::{
    messages::{
        ApiKey, ApiVersionsRequest, ApiVersionsResponse, CreateTopicsRequest, CreateTopicsResponse,
        DescribeConfigsRequest, DescribeConfigsResponse, FetchRequest, FetchResponse,
        ListOffsetsRequest, ListOffsetsResponse, MetadataRequest, MetadataResponse,
        SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
        SaslHandshakeResponse,
    },
    protocol::{Decodable, Encodable, HeaderVersion, Message},
};

/// A request that can be sent.
pub trait Ask: Message + Encodable + HeaderVersion {
    /// Its number.
    const API: ApiKey;
    /// What the broker answers.
    type Answer: Decodable + HeaderVersion;
}

macro_rules! asks {
    ($($api:ident: $request:ty => $answer:ty,)*) => {
        $(impl Ask for $request {
            const API: ApiKey = ApiKey::$api;
            type Answer = $answer;
        })*

        /// The name of an API, for messages.
        pub(super) fn api_name(api: ApiKey) -> &'static str {
            match api {
                $(ApiKey::$api => stringify!($api),)*
                _ => "an unknown request",
            }
        }
    };
}

asks! {
    ApiVersions: ApiVersionsRequest => ApiVersionsResponse,
    CreateTopics: CreateTopicsRequest => CreateTopicsResponse,
    DescribeConfigs: DescribeConfigsRequest => DescribeConfigsResponse,
    Fetch: FetchRequest => FetchResponse,
    ListOffsets: ListOffsetsRequest => ListOffsetsResponse,
    Metadata: MetadataRequest => MetadataResponse,
    SaslAuthenticate: SaslAuthenticateRequest => SaslAuthenticateResponse,
    SaslHandshake: SaslHandshakeRequest => SaslHandshakeResponse,
}

//! Which answer belongs to which request. (kafka-protocol has such a trait only together with the
//! broker's half of all messages, which would double what there is to compile.)

use kafka_protocol::{
    messages::{
        ApiKey, ApiVersionsRequest, ApiVersionsResponse, ConsumerGroupDescribeRequest,
        ConsumerGroupDescribeResponse, CreatePartitionsRequest, CreatePartitionsResponse,
        CreateTopicsRequest, CreateTopicsResponse, DeleteGroupsRequest, DeleteGroupsResponse,
        DeleteRecordsRequest, DeleteRecordsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
        DescribeClusterRequest, DescribeClusterResponse, DescribeConfigsRequest,
        DescribeConfigsResponse, DescribeGroupsRequest, DescribeGroupsResponse,
        DescribeLogDirsRequest, DescribeLogDirsResponse, DescribeProducersRequest,
        DescribeProducersResponse, DescribeTransactionsRequest, DescribeTransactionsResponse,
        FetchRequest, FetchResponse, FindCoordinatorRequest, FindCoordinatorResponse,
        IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, ListGroupsRequest,
        ListGroupsResponse, ListOffsetsRequest, ListOffsetsResponse, ListTransactionsRequest,
        ListTransactionsResponse, MetadataRequest, MetadataResponse, OffsetCommitRequest,
        OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse, OffsetFetchRequest,
        OffsetFetchResponse, SaslAuthenticateRequest, SaslAuthenticateResponse,
        SaslHandshakeRequest, SaslHandshakeResponse, ShareGroupDescribeRequest,
        ShareGroupDescribeResponse, WriteTxnMarkersRequest, WriteTxnMarkersResponse,
    },
    protocol::{Decodable, Encodable, HeaderVersion, Message},
};

use super::share::{ShareOffsetsRequest, ShareOffsetsResponse};

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

        /// That no answer makes the process allocate by a count that was sent.
        #[cfg(test)]
        #[test]
        fn no_answer_allocates_by_a_count_that_it_says() {
            $(super::frame::tests::defy::<$answer>(
                <$request>::VERSIONS.min..=<$request>::VERSIONS.max,
            );)*
        }

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
    ConsumerGroupDescribe: ConsumerGroupDescribeRequest => ConsumerGroupDescribeResponse,
    CreatePartitions: CreatePartitionsRequest => CreatePartitionsResponse,
    CreateTopics: CreateTopicsRequest => CreateTopicsResponse,
    DeleteGroups: DeleteGroupsRequest => DeleteGroupsResponse,
    DeleteRecords: DeleteRecordsRequest => DeleteRecordsResponse,
    DeleteTopics: DeleteTopicsRequest => DeleteTopicsResponse,
    DescribeCluster: DescribeClusterRequest => DescribeClusterResponse,
    DescribeConfigs: DescribeConfigsRequest => DescribeConfigsResponse,
    DescribeGroups: DescribeGroupsRequest => DescribeGroupsResponse,
    DescribeLogDirs: DescribeLogDirsRequest => DescribeLogDirsResponse,
    DescribeProducers: DescribeProducersRequest => DescribeProducersResponse,
    DescribeShareGroupOffsets: ShareOffsetsRequest => ShareOffsetsResponse,
    DescribeTransactions: DescribeTransactionsRequest => DescribeTransactionsResponse,
    Fetch: FetchRequest => FetchResponse,
    FindCoordinator: FindCoordinatorRequest => FindCoordinatorResponse,
    IncrementalAlterConfigs: IncrementalAlterConfigsRequest => IncrementalAlterConfigsResponse,
    ListGroups: ListGroupsRequest => ListGroupsResponse,
    ListOffsets: ListOffsetsRequest => ListOffsetsResponse,
    ListTransactions: ListTransactionsRequest => ListTransactionsResponse,
    Metadata: MetadataRequest => MetadataResponse,
    OffsetCommit: OffsetCommitRequest => OffsetCommitResponse,
    OffsetDelete: OffsetDeleteRequest => OffsetDeleteResponse,
    OffsetFetch: OffsetFetchRequest => OffsetFetchResponse,
    SaslAuthenticate: SaslAuthenticateRequest => SaslAuthenticateResponse,
    SaslHandshake: SaslHandshakeRequest => SaslHandshakeResponse,
    ShareGroupDescribe: ShareGroupDescribeRequest => ShareGroupDescribeResponse,
    WriteTxnMarkers: WriteTxnMarkersRequest => WriteTxnMarkersResponse,
}

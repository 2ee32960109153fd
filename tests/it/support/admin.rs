//! The few administrative requests that tests need, one connection each.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kafka_protocol::messages::{
    ApiKey, CreateAclsRequest, CreateAclsResponse, CreatePartitionsRequest,
    CreatePartitionsResponse, CreateTopicsRequest, CreateTopicsResponse, DeleteRecordsRequest,
    DeleteRecordsResponse, DeleteTopicsRequest, DeleteTopicsResponse, DescribeAclsRequest,
    DescribeAclsResponse, DescribeConfigsRequest, DescribeConfigsResponse,
    DescribeTransactionsRequest, DescribeTransactionsResponse, MetadataRequest, MetadataResponse,
    create_acls_request::AclCreation,
    create_partitions_request::CreatePartitionsTopic,
    create_topics_request::{CreatableTopic, CreatableTopicConfig},
    delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic},
    describe_configs_request::DescribeConfigsResource,
    metadata_request::MetadataRequestTopic,
};

use super::{
    until,
    wire::{ask, text, topic_name},
};

const TIMEOUT_MS: i32 = 30_000;

/// Makes a topic and waits until each partition has a leader.
pub fn create_topic(broker: &str, name: &str, partitions: i32, configs: &[(&str, &str)]) {
    let configs = configs.iter().map(|(name, value)| {
        CreatableTopicConfig::default()
            .with_name(text(name))
            .with_value(Some(text(value)))
    });
    let topic = CreatableTopic::default()
        .with_name(topic_name(name))
        .with_num_partitions(partitions)
        .with_replication_factor(1)
        .with_configs(configs.collect());
    let request = CreateTopicsRequest::default()
        .with_topics(vec![topic])
        .with_timeout_ms(TIMEOUT_MS);
    let answer: CreateTopicsResponse = ask(broker, ApiKey::CreateTopics, 4, &request);
    for topic in answer.topics {
        assert_eq!(topic.error_code, 0, "{name}: {:?}", topic.error_message);
    }
    let partitions = usize::try_from(partitions).unwrap();
    until(&format!("{name} has {partitions} leaders"), || {
        leaders(broker, name) == Some(partitions)
    });
}

/// Adds partitions to a topic, up to `total`, and waits until each has a leader.
pub fn create_partitions(broker: &str, name: &str, total: i32) {
    let topic = CreatePartitionsTopic::default()
        .with_name(topic_name(name))
        .with_count(total)
        .with_assignments(None);
    let request = CreatePartitionsRequest::default()
        .with_topics(vec![topic])
        .with_timeout_ms(TIMEOUT_MS);
    let answer: CreatePartitionsResponse = ask(broker, ApiKey::CreatePartitions, 1, &request);
    for topic in answer.results {
        assert_eq!(topic.error_code, 0, "{name}: {:?}", topic.error_message);
    }
    let total = usize::try_from(total).unwrap();
    until(&format!("{name} has {total} leaders"), || {
        leaders(broker, name) == Some(total)
    });
}

/// Deletes a topic and waits until the broker does not know it any more.
pub fn delete_topic(broker: &str, name: &str) {
    let request = DeleteTopicsRequest::default()
        .with_topic_names(vec![topic_name(name)])
        .with_timeout_ms(TIMEOUT_MS);
    let answer: DeleteTopicsResponse = ask(broker, ApiKey::DeleteTopics, 3, &request);
    for topic in answer.responses {
        assert_eq!(topic.error_code, 0, "{name}");
    }
    until(&format!("{name} is gone"), || {
        leaders(broker, name).is_none()
    });
}

/// How many partitions of the topic have a leader; `None` when there is no such topic.
pub fn leaders(broker: &str, name: &str) -> Option<usize> {
    let topic = MetadataRequestTopic::default().with_name(Some(topic_name(name)));
    let request = MetadataRequest::default()
        .with_topics(Some(vec![topic]))
        .with_allow_auto_topic_creation(false);
    let mut answer: MetadataResponse = ask(broker, ApiKey::Metadata, 4, &request);
    let topic = answer.topics.pop()?;
    let led = topic
        .partitions
        .iter()
        .filter(|partition| partition.leader_id.0 >= 0);
    (topic.error_code == 0).then(|| led.count())
}

/// The id of a topic, as Kafka's tools write it.
pub fn topic_id(broker: &str, name: &str) -> String {
    let topic = MetadataRequestTopic::default().with_name(Some(topic_name(name)));
    let request = MetadataRequest::default()
        .with_topics(Some(vec![topic]))
        .with_allow_auto_topic_creation(false);
    let answer: MetadataResponse = ask(broker, ApiKey::Metadata, 12, &request);
    URL_SAFE_NO_PAD.encode(answer.topics[0].topic_id.as_bytes())
}

/// The id of the cluster.
pub fn cluster_id(broker: &str) -> String {
    let request = MetadataRequest::default()
        .with_topics(Some(Vec::new()))
        .with_allow_auto_topic_creation(false);
    let answer: MetadataResponse = ask(broker, ApiKey::Metadata, 4, &request);
    answer.cluster_id.unwrap().to_string()
}

/// The names of all topics, Kafka's own included.
pub fn topics(broker: &str) -> Vec<String> {
    let request = MetadataRequest::default()
        .with_topics(None)
        .with_allow_auto_topic_creation(false);
    let answer: MetadataResponse = ask(broker, ApiKey::Metadata, 4, &request);
    let names = answer.topics.into_iter().filter_map(|topic| topic.name);
    names.map(|name| name.0.to_string()).collect()
}

/// The effective value of a topic's configuration, and whether it is the topic's own.
pub fn topic_config(broker: &str, topic: &str, key: &str) -> (String, bool) {
    const OF_THE_TOPIC: i8 = 1;
    let resource = DescribeConfigsResource::default()
        .with_resource_type(2)
        .with_resource_name(text(topic))
        .with_configuration_keys(Some(vec![text(key)]));
    let request = DescribeConfigsRequest::default().with_resources(vec![resource]);
    let answer: DescribeConfigsResponse = ask(broker, ApiKey::DescribeConfigs, 1, &request);
    let config = &answer.results[0].configs[0];
    let value = config.value.as_ref().unwrap().to_string();
    (value, config.config_source == OF_THE_TOPIC)
}

/// What the coordinator says of a transaction, such as `Ongoing` or `CompleteCommit`.
pub fn transaction_state(broker: &str, id: &str) -> String {
    let request =
        DescribeTransactionsRequest::default().with_transactional_ids(vec![text(id).into()]);
    let answer: DescribeTransactionsResponse =
        ask(broker, ApiKey::DescribeTransactions, 0, &request);
    answer.transaction_states[0].transaction_state.to_string()
}

/// Removes the records of a partition before `offset`, as retention would.
pub fn delete_records(broker: &str, topic: &str, partition: i32, offset: i64) {
    let partition = DeleteRecordsPartition::default()
        .with_partition_index(partition)
        .with_offset(offset);
    let topics = DeleteRecordsTopic::default()
        .with_name(topic_name(topic))
        .with_partitions(vec![partition]);
    let request = DeleteRecordsRequest::default()
        .with_topics(vec![topics])
        .with_timeout_ms(TIMEOUT_MS);
    let answer: DeleteRecordsResponse = ask(broker, ApiKey::DeleteRecords, 1, &request);
    for partition in answer.topics.iter().flat_map(|topic| &topic.partitions) {
        assert_eq!(partition.error_code, 0, "{topic}");
        assert_eq!(partition.low_watermark, offset, "{topic}");
    }
}

/// What a user may be allowed (`AclOperation` of the protocol).
#[derive(Clone, Copy)]
pub enum Operation {
    /// Everything.
    All = 2,
    /// Reading and describing, not asking for settings.
    Read = 3,
    /// Looking at metadata and offsets, not at records.
    Describe = 8,
}

/// What a right is about: a kind of resource, a name, and whether that is its beginning only.
type Resource<'r> = (i8, &'r str, i8);

/// `ResourceType` of the protocol.
const TOPIC: i8 = 2;
const GROUP: i8 = 3;
const CLUSTER: i8 = 4;
const TRANSACTIONAL_ID: i8 = 5;
/// `PatternType` of the protocol.
const LITERAL: i8 = 3;
const PREFIXED: i8 = 4;

const EVERY_TOPIC: Resource<'_> = (TOPIC, "*", LITERAL);

/// Allows `operation` on every topic, group, transactional id and on the cluster, and waits until
/// the broker knows.
pub fn allow(broker: &str, user: &str, operation: Operation) {
    let all = [
        EVERY_TOPIC,
        (GROUP, "*", LITERAL),
        (CLUSTER, "kafka-cluster", LITERAL),
        (TRANSACTIONAL_ID, "*", LITERAL),
    ];
    allow_on(broker, user, operation, &all);
}

/// Allows `operation` on every topic and on nothing else, as [`allow`] does.
pub fn allow_on_topics(broker: &str, user: &str, operation: Operation) {
    allow_on(broker, user, operation, &[EVERY_TOPIC]);
}

/// Allows `operation` on every topic and on the groups whose names begin with `prefix`, as
/// [`allow`] does.
pub fn allow_on_some_groups(broker: &str, user: &str, operation: Operation, prefix: &str) {
    let some = [EVERY_TOPIC, (GROUP, prefix, PREFIXED)];
    allow_on(broker, user, operation, &some);
}

fn allow_on(broker: &str, user: &str, operation: Operation, resources: &[Resource<'_>]) {
    const ALLOW: i8 = 3;
    const ANY: i8 = 1;
    let principal = text(&format!("User:{user}"));
    let creations = resources.iter().map(|(kind, name, pattern)| {
        AclCreation::default()
            .with_resource_type(*kind)
            .with_resource_name(text(name))
            .with_resource_pattern_type(*pattern)
            .with_principal(principal.clone())
            .with_host(text("*"))
            .with_operation(operation as i8)
            .with_permission_type(ALLOW)
    });
    let creations: Vec<_> = creations.collect();
    let wanted = creations.len();
    let request = CreateAclsRequest::default().with_creations(creations);
    let answer: CreateAclsResponse = ask(broker, ApiKey::CreateAcls, 1, &request);
    for result in answer.results {
        assert_eq!(result.error_code, 0, "{user}: {:?}", result.error_message);
    }
    let request = DescribeAclsRequest::default()
        .with_resource_type_filter(ANY)
        .with_resource_name_filter(None)
        .with_host_filter(None)
        .with_pattern_type_filter(ANY)
        .with_principal_filter(Some(principal))
        .with_operation(ANY)
        .with_permission_type(ANY);
    until(&format!("the broker knows what {user} may do"), || {
        let answer: DescribeAclsResponse = ask(broker, ApiKey::DescribeAcls, 1, &request);
        answer.resources.len() == wanted
    });
}

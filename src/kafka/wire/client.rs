//! A cluster as a client sees it: its brokers, a connection to each, and who leads what.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::{
    messages::{
        BrokerId, MetadataRequest, MetadataResponse, TopicName,
        metadata_request::MetadataRequestTopic,
    },
    protocol::StrBytes,
};

use super::{
    cause::{Cause, WireError},
    connection::Connection,
    tls::TlsConfig,
    topic_ids::{TopicIds, id_text, refuse_recreated},
    trust::TlsSettingsError,
};
use crate::{
    event::{REPLAY_TOPIC, TopicPartition},
    kafka::Settings,
};

const LEADER_NOT_AVAILABLE: i16 = 5;
/// How long a topic that was created a moment ago may take to have leaders.
const LEADERSHIP_PATIENCE: Duration = Duration::from_secs(2);

/// A client for requests that have an answer. Connections are made when first needed.
#[derive(Debug)]
pub struct Client {
    settings: Arc<Settings>,
    tls: Option<TlsConfig>,
    pub(super) idle: HashMap<Arc<str>, Connection>,
    brokers: BTreeMap<i32, Arc<str>>,
    leaders: HashMap<TopicPartition, Leader>,
    pub(super) topic_ids: TopicIds,
    cluster_id: Option<String>,
    controller: Option<i32>,
    /// The broker that gave the last metadata, as it was reached.
    told_by: Option<Arc<str>>,
    /// Addresses that were reached before.
    reached: BTreeSet<Arc<str>>,
}

/// Who leads a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The broker.
    pub broker: i32,
    /// Its epoch as leader; -1 when the broker is too old to tell.
    pub epoch: i32,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The TLS settings cannot be used.
    #[error(transparent)]
    Settings(#[from] TlsSettingsError),
    /// No broker answered.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// A topic as metadata describes it.
#[derive(Debug)]
pub struct TopicMetadata {
    /// Its name.
    pub name: Arc<str>,
    /// Its id as Kafka's tools write it; `None` when the broker is too old to tell.
    pub id: Option<String>,
    /// Whether Kafka keeps it for itself (`__consumer_offsets`).
    pub internal: bool,
    /// Its partitions, in order; empty when `error` is set.
    pub partitions: Vec<PartitionMetadata>,
    /// Why nothing is known of it; `None` when all is well.
    pub error: Option<Cause>,
}

impl TopicMetadata {
    /// Whether no person means it: a topic of Kafka's own, or the one of replays' progress.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.internal || *self.name == *REPLAY_TOPIC
    }
}

/// A partition as metadata describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionMetadata {
    /// Its number.
    pub partition: i32,
    /// The broker that leads it; `None` while nobody does.
    pub leader: Option<i32>,
    /// The leader's epoch; -1 when the broker is too old to tell.
    pub leader_epoch: i32,
    /// The brokers that keep a copy, the preferred leader first.
    pub replicas: Vec<i32>,
    /// Those of them that have caught up.
    pub in_sync: Vec<i32>,
    /// Those of them that are down; empty also when the broker is too old to tell.
    pub offline: Vec<i32>,
}

impl Client {
    /// Connects to the first bootstrap broker that answers; all are tried side by side.
    ///
    /// # Errors
    /// The TLS settings cannot be used, or no broker answered: then the cause of the one that came
    /// furthest.
    pub fn connect(settings: Settings) -> Result<Self, ConnectError> {
        let tls = settings.tls.as_ref().map(TlsConfig::new).transpose()?;
        let settings = Arc::new(settings);
        let connection = bootstrap(&settings, tls.as_ref())?;
        let mut client = Self {
            settings,
            tls,
            idle: HashMap::new(),
            brokers: BTreeMap::new(),
            leaders: HashMap::new(),
            topic_ids: TopicIds::default(),
            cluster_id: None,
            controller: None,
            told_by: None,
            reached: BTreeSet::new(),
        };
        client.give_back(connection);
        Ok(client)
    }

    /// How this client connects.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Connections that are made from now on give up after `patience`, if not before.
    pub fn limit_patience(&mut self, patience: Duration) {
        let settings = Arc::make_mut(&mut self.settings);
        settings.connect_timeout = settings.connect_timeout.min(patience);
        settings.request_timeout = settings.request_timeout.min(patience);
    }

    /// The cluster's id; `None` before the first metadata, or when the broker has none.
    #[must_use]
    pub fn cluster_id(&self) -> Option<&str> {
        self.cluster_id.as_deref()
    }

    /// The brokers known since the last metadata: id and `host:port`.
    #[must_use]
    pub fn brokers(&self) -> &BTreeMap<i32, Arc<str>> {
        &self.brokers
    }

    /// Metadata of `topics`, in the order asked for. Never creates a topic. A topic without a
    /// leader yet (it was just created) is asked for again, for up to two seconds.
    ///
    /// A topic whose id is not the one this client has seen first has [`Cause::Recreated`] as its
    /// error: offsets, and records written before, belong to a topic that is gone. See
    /// [`Client::forget_topic_ids`].
    ///
    /// # Errors
    /// No broker answered. A topic's own error stands on the topic.
    pub fn metadata(&mut self, topics: &[&str]) -> Result<Vec<TopicMetadata>, WireError> {
        let deadline = Instant::now() + LEADERSHIP_PATIENCE;
        loop {
            let mut found = self.metadata_now(topics)?;
            let settling = found.iter().any(TopicMetadata::is_settling);
            if settling && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(50));
                continue;
            }
            found.sort_by_key(|topic| topics.iter().position(|&name| *topic.name == *name));
            return Ok(found);
        }
    }

    /// Metadata of `topics` as they are, in any order, whether they have leaders or not.
    ///
    /// # Errors
    /// As [`Client::metadata`].
    pub fn metadata_now(&mut self, topics: &[&str]) -> Result<Vec<TopicMetadata>, WireError> {
        let named = topics
            .iter()
            .map(|&name| MetadataRequestTopic::default().with_name(Some(topic_name(name))));
        let request = MetadataRequest::default()
            .with_allow_auto_topic_creation(false)
            .with_topics(Some(named.collect()));
        self.ask_metadata(&request)
    }

    /// Metadata of every topic that may be seen.
    ///
    /// # Errors
    /// No broker answered.
    pub fn all_topics(&mut self) -> Result<Vec<TopicMetadata>, WireError> {
        let request = MetadataRequest::default()
            .with_allow_auto_topic_creation(false)
            .with_topics(None);
        self.ask_metadata(&request)
    }

    /// The brokers and nothing else.
    ///
    /// # Errors
    /// No broker answered.
    pub fn refresh_brokers(&mut self) -> Result<(), WireError> {
        self.metadata(&[]).map(|_| ())
    }

    /// Asks who leads each of `partitions`; those that nobody leads, or that do not exist, are
    /// left out.
    ///
    /// # Errors
    /// No broker answered, or a topic was deleted and created again.
    pub fn find_leaders<'p>(
        &mut self,
        partitions: impl Iterator<Item = &'p TopicPartition> + Clone,
    ) -> Result<BTreeMap<TopicPartition, Leader>, WireError> {
        let topics: BTreeSet<&str> = partitions.clone().map(|at| &*at.topic).collect();
        let mut found = self.metadata(&topics.into_iter().collect::<Vec<_>>())?;
        refuse_recreated(&mut found)?;
        Ok(partitions
            .filter_map(|at| Some((at.clone(), *self.leaders.get(at)?)))
            .collect())
    }

    /// The broker that leads a partition as of the last metadata; `None` when nobody does, or its
    /// topic was not asked for.
    #[must_use]
    pub fn leader(&self, at: &TopicPartition) -> Option<i32> {
        self.leaders.get(at).map(|leader| leader.broker)
    }

    /// What the last metadata said of the leaders of `partitions`; `None` when one is not known.
    pub fn known_leaders<'p>(
        &self,
        partitions: impl Iterator<Item = &'p TopicPartition>,
    ) -> Option<BTreeMap<TopicPartition, Leader>> {
        partitions
            .map(|at| Some((at.clone(), *self.leaders.get(at)?)))
            .collect()
    }

    /// Runs `ask` on a connection to broker `id`.
    ///
    /// # Errors
    /// The broker is not known any more, cannot be reached, or `ask` failed; the connection is
    /// then thrown away.
    pub fn on_broker<T>(
        &mut self,
        id: i32,
        ask: impl FnOnce(&mut Connection) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let mut connection = self.take(id)?;
        let answer = ask(&mut connection)?;
        self.give_back(connection);
        Ok(answer)
    }

    /// Runs `ask` on a connection to any broker, for what every broker can answer.
    ///
    /// # Errors
    /// No broker could be reached, or `ask` failed.
    pub fn on_any<T>(
        &mut self,
        ask: impl FnOnce(&mut Connection) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let mut connection = self.take_any()?;
        let answer = ask(&mut connection)?;
        self.give_back(connection);
        Ok(answer)
    }

    /// Runs `ask` on a connection to the controller, which alone changes topics where ZooKeeper
    /// still is; any broker passes such a request on where it is not.
    ///
    /// # Errors
    /// No broker could be reached, or `ask` failed.
    pub(super) fn on_controller<T>(
        &mut self,
        ask: impl FnOnce(&mut Connection) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        match self.controller {
            Some(id) => self.on_broker(id, ask),
            None => self.on_any(ask),
        }
    }

    /// Takes a connection to broker `id` out of the client, for a thread of its own.
    ///
    /// # Errors
    /// The broker is not known, or cannot be reached.
    pub fn take(&mut self, id: i32) -> Result<Connection, WireError> {
        let address = self.address_of(id)?;
        match self.idle.remove(&address) {
            Some(connection) => Ok(connection),
            None => {
                let opened = self.open(&address)?;
                self.reached.insert(address);
                Ok(opened)
            }
        }
    }

    /// A new connection.
    pub(super) fn open(&self, address: &str) -> Result<Connection, WireError> {
        Connection::open(address, &self.settings, self.tls.as_ref())
            .map_err(|error| self.suspect_listeners(error))
    }

    /// Names who sent us to an address that was never reached: it may be meant for other clients.
    fn suspect_listeners(&self, error: WireError) -> WireError {
        let address = error.broker.as_str();
        match &self.told_by {
            Some(by) if error.cause.is_unreachable() && !self.knows(address) => WireError {
                cause: Cause::Advertised {
                    by: by.to_string(),
                    at: address.to_owned(),
                    cause: Box::new(error.cause),
                },
                broker: error.broker,
            },
            _ => error,
        }
    }

    /// Whether the address was named to us, or reached before.
    fn knows(&self, address: &str) -> bool {
        self.reached.contains(address) || self.settings.brokers.iter().any(|named| named == address)
    }

    /// Checks that a broker is reached where its cluster says, when none of those addresses was
    /// named to us: before librdkafka, which tries again and again, is left to find out.
    ///
    /// # Errors
    /// None of the first brokers can be reached.
    pub fn check_listeners(&mut self) -> Result<(), WireError> {
        const TRIED: usize = 3;
        if self.brokers.values().any(|address| self.knows(address)) {
            return Ok(());
        }
        let brokers: Vec<i32> = self.brokers.keys().copied().take(TRIED).collect();
        let mut checked = Ok(());
        for (_, reached) in self.on_each(brokers, |_, _| Ok(())) {
            match reached {
                Ok(()) => return Ok(()),
                Err(error) => checked = Err(error),
            }
        }
        checked
    }

    /// Where broker `id` is reached.
    pub(super) fn address_of(&self, id: i32) -> Result<Arc<str>, WireError> {
        self.brokers.get(&id).cloned().ok_or_else(|| WireError {
            broker: format!("number {id}"),
            cause: Cause::Unreachable(io::Error::other("it is not in the cluster's metadata")),
        })
    }

    /// Puts a connection back for the next request.
    pub fn give_back(&mut self, connection: Connection) {
        self.reached.insert(connection.broker().clone());
        self.idle.insert(connection.broker().clone(), connection);
    }

    fn take_any(&mut self) -> Result<Connection, WireError> {
        if let Some(address) = self.idle.keys().next().cloned()
            && let Some(connection) = self.idle.remove(&address)
        {
            return Ok(connection);
        }
        let mut last = None;
        for address in self.brokers.values() {
            match Connection::open(address, &self.settings, self.tls.as_ref()) {
                Ok(connection) => return Ok(connection),
                Err(error) => last = Some(error),
            }
        }
        match bootstrap(&self.settings, self.tls.as_ref()) {
            Ok(connection) => Ok(connection),
            Err(error) => Err(last.unwrap_or(error)),
        }
    }

    fn ask_metadata(&mut self, request: &MetadataRequest) -> Result<Vec<TopicMetadata>, WireError> {
        let ask = |connection: &mut Connection| {
            let answer = connection.call(request)?;
            Ok((connection.broker().clone(), answer))
        };
        let (broker, answer) = match self.on_any(ask) {
            // An idle connection may have been closed by the broker meanwhile: once more.
            Err(WireError {
                cause: Cause::Closed,
                ..
            }) => self.on_any(ask).map_err(|error| self.suspect_sasl(error))?,
            other => other?,
        };
        self.told_by = Some(broker);
        Ok(self.learn(answer))
    }

    /// A SASL listener lets the greeting pass and closes at the first request: that has a name.
    fn suspect_sasl(&self, mut error: WireError) -> WireError {
        if matches!(error.cause, Cause::Closed)
            && self.settings.sasl.is_none()
            && Connection::expects_sasl(&error.broker, &self.settings, self.tls.as_ref())
        {
            error.cause = Cause::SaslExpected;
        }
        error
    }

    fn learn(&mut self, answer: MetadataResponse) -> Vec<TopicMetadata> {
        self.brokers = answer
            .brokers
            .iter()
            .map(|broker| (broker.node_id.0, address(&broker.host, broker.port)))
            .collect();
        self.cluster_id = answer.cluster_id.map(|id| id.to_string());
        self.controller = Some(answer.controller_id.0).filter(|id| self.brokers.contains_key(id));
        let topics: Vec<TopicMetadata> = answer
            .topics
            .into_iter()
            .map(|topic| {
                let mut partitions: Vec<_> = topic
                    .partitions
                    .iter()
                    .map(|partition| PartitionMetadata {
                        partition: partition.partition_index,
                        leader: (partition.leader_id.0 >= 0).then_some(partition.leader_id.0),
                        leader_epoch: partition.leader_epoch,
                        replicas: numbers(&partition.replica_nodes),
                        in_sync: numbers(&partition.isr_nodes),
                        offline: numbers(&partition.offline_replicas),
                    })
                    .collect();
                partitions.sort_by_key(|partition| partition.partition);
                let name: Arc<str> = topic
                    .name
                    .map_or_else(|| Arc::from(""), |n| Arc::from(&*n.0));
                let mut error = Cause::of_code(topic.error_code, &format!("topic {name:?}"))
                    .filter(|_| topic.error_code != LEADER_NOT_AVAILABLE);
                if error.is_none() {
                    error = self.topic_ids.recreated(&name, topic.topic_id);
                }
                if error.is_some() {
                    partitions.clear();
                }
                TopicMetadata {
                    name,
                    id: id_text(topic.topic_id),
                    internal: topic.is_internal,
                    partitions,
                    error,
                }
            })
            .collect();
        for topic in &topics {
            if topic.error.is_some() {
                // Deleted, perhaps: nobody leads what is not there.
                self.leaders.retain(|at, _| *at.topic != *topic.name);
            }
            for known in &topic.partitions {
                let partition = TopicPartition::new(topic.name.clone(), known.partition);
                match known.leader {
                    Some(broker) => {
                        let epoch = known.leader_epoch;
                        self.leaders.insert(partition, Leader { broker, epoch })
                    }
                    None => self.leaders.remove(&partition),
                };
            }
        }
        topics
    }
}

impl TopicMetadata {
    /// Whether the topic was created so lately that it has no leaders yet.
    fn is_settling(&self) -> bool {
        self.error.is_none()
            && (self.partitions.is_empty() || self.partitions.iter().any(|p| p.leader.is_none()))
    }
}

/// The name of a topic in the protocol's own type.
pub(super) fn topic_name(name: &str) -> TopicName {
    TopicName(StrBytes::from_string(name.to_owned()))
}

fn numbers(brokers: &[BrokerId]) -> Vec<i32> {
    brokers.iter().map(|broker| broker.0).collect()
}

/// `host:port`, with brackets around an IPv6 address.
fn address(host: &str, port: i32) -> Arc<str> {
    Arc::from(if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    })
}

/// Connects to whichever bootstrap broker answers first.
fn bootstrap(settings: &Arc<Settings>, tls: Option<&TlsConfig>) -> Result<Connection, WireError> {
    if let [only] = settings.brokers.as_slice() {
        return Connection::open(only, settings, tls);
    }
    let (sender, receiver) = mpsc::channel();
    for broker in &settings.brokers {
        let (sender, broker) = (sender.clone(), broker.clone());
        let (settings, tls) = (settings.clone(), tls.cloned());
        thread::spawn(move || {
            // Nobody listens any more once another broker has answered.
            let _ = sender.send(Connection::open(&broker, &settings, tls.as_ref()));
        });
    }
    drop(sender);
    let mut worst: Option<WireError> = None;
    for answer in receiver {
        match answer {
            Ok(connection) => return Ok(connection),
            Err(error) => {
                if worst
                    .as_ref()
                    .is_none_or(|seen| error.cause.reach() > seen.cause.reach())
                {
                    worst = Some(error);
                }
            }
        }
    }
    Err(worst.unwrap_or_else(|| WireError {
        broker: String::new(),
        cause: Cause::Unreachable(io::Error::other("no bootstrap broker is named")),
    }))
}

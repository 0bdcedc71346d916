// Stands for danielqsj/kafka-exporter, which no registry has: its flags as far as the chart uses them, and its metrics
// as far as dashboards and alerts do. Like that one it ends when it cannot reach Kafka at its start.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/IBM/sarama"
)

type servers []string

func (s *servers) String() string { return strings.Join(*s, ",") }

func (s *servers) Set(address string) error {
	*s = append(*s, address)
	return nil
}

func main() {
	var addresses servers
	flag.Var(&addresses, "kafka.server", "address of a broker; may be repeated")
	version := flag.String("kafka.version", "2.1.0", "version of the protocol")
	listen := flag.String("web.listen-address", ":9308", "address to listen on")
	login := flag.Bool("sasl.enabled", false, "log in")
	flag.String("sasl.mechanism", "plain", "plain, and nothing else")
	user := flag.String("sasl.username", "", "name of the user")
	password := flag.String("sasl.password", "", "password of the user")
	flag.Parse()

	config := sarama.NewConfig()
	config.Net.SASL.Enable, config.Net.SASL.User, config.Net.SASL.Password = *login, *user, *password
	var err error
	if config.Version, err = sarama.ParseKafkaVersion(*version); err != nil {
		log.Fatal(err)
	}
	client, err := sarama.NewClient(addresses, config)
	if err != nil {
		log.Fatalf("no client for %v: %v", addresses, err)
	}
	http.HandleFunc("/metrics", func(answer http.ResponseWriter, _ *http.Request) {
		var text strings.Builder
		if err := client.RefreshMetadata(); err != nil {
			log.Print(err)
		}
		fmt.Fprintf(&text, "kafka_brokers %d\n", len(client.Brokers()))
		offsets := topics(client, &text)
		groups(addresses, config, offsets, &text)
		fmt.Fprint(answer, text.String())
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}

type partition struct {
	topic  string
	number int32
}

// topics writes what is known of each topic, and gives the newest offset of each partition.
func topics(client sarama.Client, text *strings.Builder) map[partition]int64 {
	offsets := map[partition]int64{}
	names, err := client.Topics()
	if err != nil {
		log.Print(err)
	}
	for _, topic := range names {
		numbers, err := client.Partitions(topic)
		if err != nil {
			log.Print(err)
			continue
		}
		fmt.Fprintf(text, "kafka_topic_partitions{topic=%q} %d\n", topic, len(numbers))
		for _, number := range numbers {
			labels := fmt.Sprintf("{partition=\"%d\",topic=%q}", number, topic)
			if offset, err := client.GetOffset(topic, number, sarama.OffsetNewest); err == nil {
				offsets[partition{topic, number}] = offset
				fmt.Fprintf(text, "kafka_topic_partition_current_offset%s %d\n", labels, offset)
			}
			replicas, _ := client.Replicas(topic, number)
			inSync, _ := client.InSyncReplicas(topic, number)
			under := 0
			if len(inSync) < len(replicas) {
				under = 1
			}
			fmt.Fprintf(text, "kafka_topic_partition_replicas%s %d\n", labels, len(replicas))
			fmt.Fprintf(text, "kafka_topic_partition_in_sync_replica%s %d\n", labels, len(inSync))
			fmt.Fprintf(text, "kafka_topic_partition_under_replicated_partition%s %d\n", labels, under)
		}
	}
	return offsets
}

// groups writes how far each group of consumers is behind.
func groups(addresses []string, config *sarama.Config, offsets map[partition]int64, text *strings.Builder) {
	admin, err := sarama.NewClusterAdmin(addresses, config)
	if err != nil {
		log.Print(err)
		return
	}
	defer admin.Close()
	found, err := admin.ListConsumerGroups()
	if err != nil {
		log.Print(err)
	}
	for group := range found {
		read, err := admin.ListConsumerGroupOffsets(group, nil)
		if err != nil {
			log.Print(err)
			continue
		}
		for topic, blocks := range read.Blocks {
			for number, block := range blocks {
				newest, known := offsets[partition{topic, number}]
				if !known || block.Offset < 0 {
					continue
				}
				labels := fmt.Sprintf("{consumergroup=%q,partition=\"%d\",topic=%q}", group, number, topic)
				fmt.Fprintf(text, "kafka_consumergroup_current_offset%s %d\n", labels, block.Offset)
				fmt.Fprintf(text, "kafka_consumergroup_lag%s %d\n", labels, newest-block.Offset)
			}
		}
	}
}

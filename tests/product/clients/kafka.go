package main

import (
	"context"
	"fmt"
	"time"

	"github.com/openimsdk/tools/mcontext"
	"github.com/openimsdk/tools/mq"
	"github.com/openimsdk/tools/mq/kafka"
)

type kafkaFile struct {
	Username           string   `yaml:"username"`
	Password           string   `yaml:"password"`
	ProducerAck        string   `yaml:"producerAck"`
	CompressType       string   `yaml:"compressType"`
	Address            []string `yaml:"address"`
	ToRedisTopic       string   `yaml:"toRedisTopic"`
	ToMongoTopic       string   `yaml:"toMongoTopic"`
	ToPushTopic        string   `yaml:"toPushTopic"`
	ToOfflinePushTopic string   `yaml:"toOfflinePushTopic"`
	ToRedisGroupID     string   `yaml:"toRedisGroupID"`
	TLS                struct {
		EnableTLS          bool   `yaml:"enableTLS"`
		CACrt              string `yaml:"caCrt"`
		ClientCrt          string `yaml:"clientCrt"`
		ClientKey          string `yaml:"clientKey"`
		ClientKeyPwd       string `yaml:"clientKeyPwd"`
		InsecureSkipVerify bool   `yaml:"insecureSkipVerify"`
	} `yaml:"tls"`
}

func (f kafkaFile) config() *kafka.Config {
	return &kafka.Config{
		Username:     f.Username,
		Password:     f.Password,
		ProducerAck:  f.ProducerAck,
		CompressType: f.CompressType,
		Addr:         f.Address,
		TLS: kafka.TLSConfig{
			EnableTLS:          f.TLS.EnableTLS,
			CACrt:              f.TLS.CACrt,
			ClientCrt:          f.TLS.ClientCrt,
			ClientKey:          f.TLS.ClientKey,
			ClientKeyPwd:       f.TLS.ClientKeyPwd,
			InsecureSkipVerify: f.TLS.InsecureSkipVerify,
		},
	}
}

// messages: the topics are there, and a message goes through the first of them.
func messages(ctx context.Context, files files, _ []string) error {
	var file kafkaFile
	if err := files.read("kafka.yml", &file); err != nil {
		return err
	}
	topics := []string{file.ToRedisTopic, file.ToMongoTopic, file.ToPushTopic, file.ToOfflinePushTopic}
	if err := kafka.CheckTopics(ctx, file.config(), topics); err != nil {
		return err
	}
	if err := kafka.CheckHealth(ctx, file.config()); err != nil {
		return err
	}
	fmt.Printf("%d topics\n", len(topics))
	consumer, err := kafka.NewMConsumerGroupV2(ctx, file.config(), file.ToRedisGroupID, topics[:1], true)
	if err != nil {
		return err
	}
	defer consumer.Close()
	producer, err := kafka.NewKafkaProducerV2(file.config(), file.Address, file.ToRedisTopic)
	if err != nil {
		return err
	}
	defer producer.Close()
	return through(ctx, consumer, producer)
}

// through sends again and again: a group reads only what comes after it has its partitions.
func through(ctx context.Context, consumer mq.Consumer, producer mq.Producer) error {
	received := make(chan error, 1)
	go func() {
		received <- consumer.Subscribe(ctx, func(message mq.Message) error {
			fmt.Printf("%s: %s\n", message.Key(), message.Value())
			message.Mark()
			message.Commit()
			return nil
		})
	}()
	known := mcontext.WithMustInfoCtx([]string{"operation", "user", "platform", "connection"})
	limit := time.After(time.Minute)
	for {
		if err := producer.SendMessage(known, "key", []byte("hello")); err != nil {
			return err
		}
		select {
		case err := <-received:
			return err
		case <-limit:
			return fmt.Errorf("nothing was received in a minute")
		case <-time.After(time.Second):
		}
	}
}

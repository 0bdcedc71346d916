package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/openimsdk/tools/db/redisutil"
	"github.com/redis/go-redis/v9"
)

type redisFile struct {
	Address     []string `yaml:"address"`
	Username    string   `yaml:"username"`
	Password    string   `yaml:"password"`
	RedisMode   string   `yaml:"redisMode"`
	ClusterMode bool     `yaml:"clusterMode"`
	DB          int      `yaml:"db"`
	MaxRetry    int      `yaml:"maxRetry"`
	PoolSize    int      `yaml:"poolSize"`
}

// cache [KEYS]: keys in every slot are written, read, counted and deleted.
func cache(ctx context.Context, files files, arguments []string) error {
	keys := 60
	if len(arguments) > 0 {
		var err error
		if keys, err = strconv.Atoi(arguments[0]); err != nil {
			return err
		}
	}
	var file redisFile
	if err := files.read("redis.yml", &file); err != nil {
		return err
	}
	mode := file.RedisMode
	if file.ClusterMode {
		mode = redisutil.ClusterMode
	}
	client, err := redisutil.NewRedisClient(ctx, &redisutil.Config{
		RedisMode: mode,
		Address:   file.Address,
		Username:  file.Username,
		Password:  file.Password,
		DB:        file.DB,
		MaxRetry:  file.MaxRetry,
		PoolSize:  file.PoolSize,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	failed := 0
	for i := range keys {
		if err := one(ctx, client, fmt.Sprintf("client:%d", i)); err != nil {
			fmt.Println(err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d keys failed", failed, keys)
	}
	fmt.Printf("%d keys\n", keys)
	return nil
}

// one does with a key what the caches of a module do, pipelines and scripts among it.
func one(ctx context.Context, client redis.UniversalClient, key string) error {
	if err := client.HSet(ctx, key, "field", key).Err(); err != nil {
		return err
	}
	pipe := client.Pipeline()
	expired := pipe.Expire(ctx, key, time.Minute)
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	if !expired.Val() {
		return fmt.Errorf("%s: no such key", key)
	}
	script := redis.NewScript(`return redis.call("HGET", KEYS[1], "field")`)
	found, err := script.Run(ctx, client, []string{key}).Text()
	if err != nil {
		return err
	}
	if found != key {
		return fmt.Errorf("%s: %q was read", key, found)
	}
	return client.Del(ctx, key).Err()
}

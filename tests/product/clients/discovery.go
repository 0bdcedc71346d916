package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/openimsdk/tools/discovery/etcd"
	"github.com/openimsdk/tools/utils/network"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	pb "google.golang.org/grpc/health/grpc_health_v1"
)

type discoveryFile struct {
	Etcd struct {
		RootDirectory string   `yaml:"rootDirectory"`
		Address       []string `yaml:"address"`
		Username      string   `yaml:"username"`
		Password      string   `yaml:"password"`
	} `yaml:"etcd"`
}

// discover connects to etcd with the options that both products give.
func discover(files files) (*etcd.SvcDiscoveryRegistryImpl, error) {
	var file discoveryFile
	if err := files.read("discovery.yml", &file); err != nil {
		return nil, err
	}
	client, err := etcd.NewSvcDiscoveryRegistry(
		file.Etcd.RootDirectory,
		file.Etcd.Address,
		nil,
		etcd.WithDialTimeout(10*time.Second),
		etcd.WithMaxCallSendMsgSize(20*1024*1024),
		etcd.WithUsernameAndPassword(file.Etcd.Username, file.Etcd.Password),
	)
	if err != nil {
		return nil, err
	}
	client.AddOption(
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"LoadBalancingPolicy": "round_robin"}`),
	)
	return client, nil
}

// serve NAME PORT [IP]: a module that registers once, and answers until it is told to end.
func serve(ctx context.Context, files files, arguments []string) error {
	if len(arguments) < 2 {
		return errors.New("serve NAME PORT [IP]")
	}
	port, err := strconv.Atoi(arguments[1])
	if err != nil {
		return err
	}
	given := ""
	if len(arguments) > 2 {
		given = arguments[2]
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(network.GetListenIP(given), arguments[1]))
	if err != nil {
		return err
	}
	client, err := discover(files)
	if err != nil {
		return err
	}
	defer client.Close()
	ip, err := network.GetRpcRegisterIP(given)
	if err != nil {
		return err
	}
	if err := client.Register(ctx, arguments[0], ip, port); err != nil {
		return err
	}
	say("registered %s", net.JoinHostPort(ip, arguments[1]))
	server := grpc.NewServer()
	pb.RegisterHealthServer(server, health.NewServer())
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	return server.Serve(listener)
}

// call NAME: a module that dials another one once, and calls it every half second by its name.
func call(ctx context.Context, files files, arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("call NAME")
	}
	client, err := discover(files)
	if err != nil {
		return err
	}
	defer client.Close()
	connection, err := client.GetConn(ctx, arguments[0])
	if err != nil {
		return err
	}
	callee := pb.NewHealthClient(connection)
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, err := callee.Check(limited, &pb.HealthCheckRequest{})
		cancel()
		if err != nil {
			say("failed %v", err)
		} else {
			say("ok")
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
	return nil
}

// say prints a line with the time, in seconds since 1970.
func say(format string, arguments ...any) {
	fmt.Printf("%.3f %s\n", float64(time.Now().UnixMilli())/1000, fmt.Sprintf(format, arguments...))
}

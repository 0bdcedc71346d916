package main

import (
	"context"
	"fmt"

	"github.com/openimsdk/tools/db/mongoutil"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"
)

type mongoFile struct {
	URI         string   `yaml:"uri"`
	Address     []string `yaml:"address"`
	Database    string   `yaml:"database"`
	Username    string   `yaml:"username"`
	Password    string   `yaml:"password"`
	AuthSource  string   `yaml:"authSource"`
	MaxPoolSize int      `yaml:"maxPoolSize"`
	MaxRetry    int      `yaml:"maxRetry"`
}

// database [uri]: a document is written and read; with "uri" only the login that the URI means is
// shown, which the library makes of the file, and how long the driver waits for a server.
func database(ctx context.Context, files files, arguments []string) error {
	var file mongoFile
	if err := files.read("mongodb.yml", &file); err != nil {
		return err
	}
	config := &mongoutil.Config{
		Uri:         file.URI,
		Address:     file.Address,
		Database:    file.Database,
		Username:    file.Username,
		Password:    file.Password,
		AuthSource:  file.AuthSource,
		MaxPoolSize: file.MaxPoolSize,
		MaxRetry:    file.MaxRetry,
	}
	if len(arguments) == 1 && arguments[0] == "uri" {
		return login(config)
	}
	client, err := mongoutil.NewMongoDB(ctx, config)
	if err != nil {
		return err
	}
	collection := client.GetDB().Collection("client")
	if _, err := collection.InsertOne(ctx, bson.M{"_id": "client", "text": "hello"}); err != nil {
		return err
	}
	var found bson.M
	if err := collection.FindOne(ctx, bson.M{"_id": "client"}).Decode(&found); err != nil {
		return err
	}
	fmt.Println(found["text"])
	_, err = collection.DeleteOne(ctx, bson.M{"_id": "client"})
	return err
}

func login(config *mongoutil.Config) error {
	if err := config.ValidateAndSetDefaults(); err != nil {
		return err
	}
	parsed := options.Client().ApplyURI(config.Uri)
	if err := parsed.Validate(); err != nil {
		return err
	}
	if parsed.Auth == nil {
		fmt.Println("no login")
		return nil
	}
	fmt.Printf("%s\n%s\n%s\n", parsed.Auth.Username, parsed.Auth.Password, parsed.Auth.AuthSource)
	if parsed.ServerSelectionTimeout != nil {
		fmt.Println(*parsed.ServerSelectionTimeout)
	}
	return nil
}

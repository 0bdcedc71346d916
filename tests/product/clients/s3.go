package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/openimsdk/tools/s3"
	"github.com/openimsdk/tools/s3/minio"
)

type minioFile struct {
	Bucket          string `yaml:"bucket"`
	AccessKeyID     string `yaml:"accessKeyID"`
	SecretAccessKey string `yaml:"secretAccessKey"`
	SessionToken    string `yaml:"sessionToken"`
	InternalAddress string `yaml:"internalAddress"`
	ExternalAddress string `yaml:"externalAddress"`
	PublicRead      bool   `yaml:"publicRead"`
}

// noCache remembers nothing, in place of the module's Redis.
type noCache struct{}

func (noCache) GetImageObjectKeyInfo(
	ctx context.Context, _ string, read func(context.Context) (*minio.ImageInfo, error),
) (*minio.ImageInfo, error) {
	return read(ctx)
}

func (noCache) GetThumbnailKey(
	ctx context.Context, _, _ string, _, _ int, read func(context.Context) (string, error),
) (string, error) {
	return read(ctx)
}

func (noCache) DelObjectImageInfoKey(context.Context, ...string) error { return nil }

func (noCache) DelImageThumbnailKey(context.Context, string, string, int, int) error { return nil }

// storage [start]: each call that the server makes for the files of its users; with "start" only
// those of its start.
func storage(ctx context.Context, files files, arguments []string) error {
	var file minioFile
	if err := files.read("minio.yml", &file); err != nil {
		return err
	}
	client, err := minio.NewMinio(ctx, noCache{}, minio.Config{
		Bucket:          file.Bucket,
		AccessKeyID:     file.AccessKeyID,
		SecretAccessKey: file.SecretAccessKey,
		SessionToken:    file.SessionToken,
		Endpoint:        withScheme(file.InternalAddress),
		SignEndpoint:    withScheme(file.ExternalAddress),
		PublicRead:      file.PublicRead,
	})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	fmt.Println("start")
	if len(arguments) == 1 && arguments[0] == "start" {
		return nil
	}
	for _, step := range []struct {
		name string
		do   func(context.Context, s3.Interface) error
	}{
		{"upload", upload},
		{"upload in parts", uploadParts},
		{"upload given up", giveUp},
		{"upload by a form", uploadForm},
		{"picture", picture},
		{"nothing", nothing},
	} {
		if err := step.do(ctx, client); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Println(step.name)
	}
	return nil
}

func withScheme(address string) string {
	if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return address
	}
	return "http://" + address
}

// upload: a small file, by one signed URL; then the copies that make it the stored one.
func upload(ctx context.Context, client s3.Interface) error {
	content := []byte("a small file")
	put, err := client.PresignedPutObject(ctx, "openim/temp/small", time.Minute, &s3.PutOption{})
	if err != nil {
		return err
	}
	if _, err := send(ctx, http.MethodPut, put.URL, content, put.Header); err != nil {
		return err
	}
	found, err := client.StatObject(ctx, "openim/temp/small")
	if err != nil {
		return err
	}
	sum := md5.Sum(content)
	if found.Size != int64(len(content)) || found.ETag != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("stored is %+v", found)
	}
	if _, err := client.CopyObject(ctx, "openim/temp/small", "openim/data/hash/small"); err != nil {
		return err
	}
	if err := client.DeleteObject(ctx, "openim/temp/small"); err != nil {
		return err
	}
	return readBack(ctx, client, "openim/data/hash/small", content)
}

func readBack(ctx context.Context, client s3.Interface, key string, content []byte) error {
	url, err := client.AccessURL(ctx, key, time.Minute, &s3.AccessURLOption{
		ContentType: "text/plain", Filename: "ein Name.txt",
	})
	if err != nil {
		return err
	}
	found, err := send(ctx, http.MethodGet, url, nil, nil)
	if err != nil {
		return err
	}
	if !bytes.Equal(found, content) {
		return fmt.Errorf("%d bytes of %d were read back", len(found), len(content))
	}
	return nil
}

// uploadParts: a file of two parts, each with a signature in its headers.
func uploadParts(ctx context.Context, client s3.Interface) error {
	const key = "openim/data/hash/large"
	size, err := client.PartSize(ctx, 6<<20)
	if err != nil {
		return err
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 6<<16)
	begun, err := client.InitiateMultipartUpload(ctx, key, &s3.PutOption{})
	if err != nil {
		return err
	}
	signed, err := client.AuthSign(ctx, begun.UploadID, key, time.Minute, []int{1, 2})
	if err != nil {
		return err
	}
	parts := make([]s3.Part, 0, 2)
	for i, part := range [][]byte{content[:size], content[size:]} {
		url := fmt.Sprintf("%s?%s&%s", signed.URL, signed.Query.Encode(), signed.Parts[i].Query.Encode())
		if _, err := send(ctx, http.MethodPut, url, part, signed.Parts[i].Header); err != nil {
			return err
		}
		sum := md5.Sum(part)
		parts = append(parts, s3.Part{PartNumber: i + 1, ETag: hex.EncodeToString(sum[:])})
	}
	listed, err := client.ListUploadedParts(ctx, begun.UploadID, key, 0, 100)
	if err != nil {
		return err
	}
	if len(listed.UploadedParts) != 2 {
		return fmt.Errorf("%d parts are there", len(listed.UploadedParts))
	}
	if _, err := client.CompleteMultipartUpload(ctx, begun.UploadID, key, parts); err != nil {
		return err
	}
	if err := readBack(ctx, client, key, content); err != nil {
		return err
	}
	return client.DeleteObject(ctx, key)
}

func giveUp(ctx context.Context, client s3.Interface) error {
	begun, err := client.InitiateMultipartUpload(ctx, "openim/data/hash/none", &s3.PutOption{})
	if err != nil {
		return err
	}
	return client.AbortMultipartUpload(ctx, begun.UploadID, "openim/data/hash/none")
}

// uploadForm: what clients that report their logs do.
func uploadForm(ctx context.Context, client s3.Interface) error {
	data, err := client.FormData(ctx, "openim/direct/log", 100, "text/plain", time.Minute)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range data.FormData {
		if err := form.WriteField(name, value); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile(data.File, "log")
	if err != nil {
		return err
	}
	if _, err := part.Write([]byte("a log")); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	header := http.Header{"Content-Type": {form.FormDataContentType()}}
	if _, err := send(ctx, http.MethodPost, data.URL, body.Bytes(), header); err != nil {
		return err
	}
	return readBack(ctx, client, "openim/direct/log", []byte("a log"))
}

// picture: a smaller one is made, kept beside it, and deleted with it.
func picture(ctx context.Context, client s3.Interface) error {
	const key = "openim/data/hash/picture"
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return err
	}
	put, err := client.PresignedPutObject(ctx, key, time.Minute, &s3.PutOption{})
	if err != nil {
		return err
	}
	if _, err := send(ctx, http.MethodPut, put.URL, content.Bytes(), put.Header); err != nil {
		return err
	}
	url, err := client.AccessURL(ctx, key, time.Minute, &s3.AccessURLOption{
		Image: &s3.Image{Format: "png", Width: 16, Height: 16},
	})
	if err != nil {
		return err
	}
	found, err := send(ctx, http.MethodGet, url, nil, nil)
	if err != nil {
		return err
	}
	small, err := png.Decode(bytes.NewReader(found))
	if err != nil {
		return err
	}
	if small.Bounds().Dx() != 16 {
		return fmt.Errorf("the smaller picture is %v", small.Bounds())
	}
	return client.DeleteObject(ctx, key)
}

// nothing: what is not there is told apart from what fails.
func nothing(ctx context.Context, client s3.Interface) error {
	if _, err := client.StatObject(ctx, "openim/none"); !client.IsNotFound(err) {
		return errors.Join(errors.New("an absent object counts as a failure"), err)
	}
	return client.DeleteObject(ctx, "openim/none")
}

// send is what a browser does with a signed URL.
func send(
	ctx context.Context, method, url string, body []byte, header http.Header,
) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	found, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("%s %s: %s: %s", method, url, answer.Status, found)
	}
	return found, nil
}

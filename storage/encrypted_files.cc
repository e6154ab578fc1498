#include "storage/encrypted_files.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <rocksdb/env_encryption.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/assert.h"
#include "core/random.h"
#include "storage/aead.h"

namespace postern::storage {
namespace {

constexpr std::string_view kMagic = "POSTERN\x01";  // the last byte is the version
constexpr std::size_t kCounterBytes = 16;
constexpr std::size_t kFileKeyBytes = kKeyBytes + kCounterBytes;
constexpr std::size_t kWrappedBytes = kFileKeyBytes + kTagBytes;
static_assert(kMagic.size() == 8 && kMagic.size() + kNonceBytes + kWrappedBytes <= kFilePrefixBytes);

const EVP_CIPHER* cipher() {
  static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  POSTERN_ASSERT(fetched != nullptr);
  return fetched;
}

EVP_CIPHER_CTX* context() {
  using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype([](EVP_CIPHER_CTX* c) { EVP_CIPHER_CTX_free(c); })>;
  thread_local const Context own(EVP_CIPHER_CTX_new());
  return own.get();
}

// One file's key stream, addressable by offset. Const, so any number of threads may read.
class CounterStream final : public rocksdb::BlockAccessCipherStream {
 public:
  explicit CounterStream(core::SecretBuffer key_and_counter) : key_and_counter_(std::move(key_and_counter)) {}
  std::size_t BlockSize() override { return kCounterBytes; }
  rocksdb::Status Encrypt(std::uint64_t offset, char* data, std::size_t size) override {
    return apply(offset, data, size);
  }
  rocksdb::Status Decrypt(std::uint64_t offset, char* data, std::size_t size) override {
    return apply(offset, data, size);
  }

 protected:
  void AllocateScratch(std::string&) override {}
  rocksdb::Status EncryptBlock(std::uint64_t, char*, char*) override { return rocksdb::Status::NotSupported(); }
  rocksdb::Status DecryptBlock(std::uint64_t, char*, char*) override { return rocksdb::Status::NotSupported(); }

 private:
  rocksdb::Status apply(std::uint64_t offset, char* data, std::size_t size) const {
    unsigned char counter[kCounterBytes];
    std::memcpy(counter, key_and_counter_.data() + kKeyBytes, kCounterBytes);
    std::uint64_t carry = offset / kCounterBytes;  // 128-bit big-endian addition
    for (std::size_t i = kCounterBytes; i > 0 && carry > 0; --i) {
      carry += counter[i - 1];
      counter[i - 1] = static_cast<unsigned char>(carry & 0xffU);
      carry >>= 8U;
    }
    EVP_CIPHER_CTX* const ctx = context();
    const auto* const key = reinterpret_cast<const unsigned char*>(key_and_counter_.data());
    if (ctx == nullptr || EVP_EncryptInit_ex2(ctx, cipher(), key, counter, nullptr) != 1) {
      return rocksdb::Status::IOError("cipher");
    }
    int done = 0;
    unsigned char skipped[kCounterBytes] = {};
    if (const auto skip = static_cast<int>(offset % kCounterBytes); skip > 0) {
      if (EVP_EncryptUpdate(ctx, skipped, &done, skipped, skip) != 1) return rocksdb::Status::IOError("cipher");
    }
    while (size > 0) {
      const std::size_t step = std::min<std::size_t>(size, std::numeric_limits<int>::max());
      auto* const at = reinterpret_cast<unsigned char*>(data);
      if (EVP_EncryptUpdate(ctx, at, &done, at, static_cast<int>(step)) != 1) return rocksdb::Status::IOError("cipher");
      data += step;
      size -= step;
    }
    return rocksdb::Status::OK();
  }

  const core::SecretBuffer key_and_counter_;
};

class FileKeys final : public rocksdb::EncryptionProvider {
 public:
  explicit FileKeys(core::SecretBuffer master_key) : master_key_(std::move(master_key)) {
    POSTERN_ASSERT(master_key_.size() == kKeyBytes);
  }
  std::shared_ptr<std::atomic<bool>> saw_foreign_file() const { return saw_foreign_file_; }

  const char* Name() const override { return "postern.aes256ctr"; }
  std::size_t GetPrefixLength() const override { return kFilePrefixBytes; }
  rocksdb::Status AddCipher(const std::string&, const char*, std::size_t, bool) override {
    return rocksdb::Status::NotSupported();
  }

  rocksdb::Status CreateNewPrefix(const std::string&, char* prefix, std::size_t size) const override {
    const core::SecretBuffer file_key = core::to_secret(core::random_bytes(kFileKeyBytes));
    std::string head(kMagic);
    const std::string nonce = core::random_bytes(kNonceBytes);
    head += nonce;
    gcm_seal(core::view(master_key_), nonce, {kMagic}, core::view(file_key), head);
    std::memset(prefix, 0, size);
    std::memcpy(prefix, head.data(), head.size());
    // RocksDB's threads end after OpenSSL's own clean-up at exit, which would leave their random generators behind.
    OPENSSL_thread_stop();
    return rocksdb::Status::OK();
  }

  rocksdb::Status CreateCipherStream(const std::string& name, const rocksdb::EnvOptions&, rocksdb::Slice& prefix,
                                     std::unique_ptr<rocksdb::BlockAccessCipherStream>* out) override {
    const std::string_view head(prefix.data(), prefix.size());
    if (head.size() == kFilePrefixBytes && head.find_first_not_of('\0') == std::string_view::npos) {
      // A power cut kept the size of a file that was never synced, but not its bytes. Nothing in it was acknowledged;
      // under any key it reads as noise, which the log reader takes for the end of the log.
      *out = std::make_unique<CounterStream>(core::to_secret(core::random_bytes(kFileKeyBytes)));
      return rocksdb::Status::OK();
    }
    if (head.size() >= kMagic.size() + kNonceBytes + kWrappedBytes && head.starts_with(kMagic)) {
      auto file_key = gcm_open(core::view(master_key_), head.substr(kMagic.size(), kNonceBytes), {kMagic},
                               head.substr(kMagic.size() + kNonceBytes, kWrappedBytes));
      if (file_key) {
        *out = std::make_unique<CounterStream>(std::move(*file_key));
        return rocksdb::Status::OK();
      }
    }
    saw_foreign_file_->store(true);
    return rocksdb::Status::Corruption("not encrypted under this master key", name);
  }

 private:
  const core::SecretBuffer master_key_;
  std::shared_ptr<std::atomic<bool>> saw_foreign_file_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

EncryptedFiles make_encrypted_files(std::shared_ptr<rocksdb::FileSystem> base, core::SecretBuffer master_key) {
  auto keys = std::make_shared<FileKeys>(std::move(master_key));
  EncryptedFiles out;
  out.saw_foreign_file = keys->saw_foreign_file();
  out.files = rocksdb::NewEncryptedFS(base, keys);
  POSTERN_ASSERT(out.files != nullptr);
  return out;
}

}  // namespace postern::storage

#include "storage/vault.h"

#include <thread>

#include "storage/memory_store.h"
#include "storage/records.h"
#include "storage/schema/store.pb.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::key_of;
using test::kOne;
using test::kTwo;
using test::test_key;

class VaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto workspace : {kOne, kTwo})
      ASSERT_TRUE(postern::test::run_task(test::own_context(), vault_.ensure_workspace(workspace)));
  }
  core::ManualClock clock_;
  std::unique_ptr<Store> store_ = make_memory_store(clock_);
  Vault vault_{*store_, test_key()};
};

TEST_F(VaultTest, OpensWhatItSealed) {
  const std::string compressible(10'000, 'a');
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string(511, 'a'), std::string(512, 'a'), compressible, every_byte}) {
    const auto sealed = vault_.seal(kOne, "key", plain);
    ASSERT_TRUE(sealed);
    const auto opened = vault_.open(kOne, "key", *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_LT(vault_.seal(kOne, "key", compressible)->size(), 200U);
  EXPECT_EQ(vault_.seal(kOne, "key", every_byte)->size(), 256U + 34U);
  EXPECT_NE(*vault_.seal(kOne, "key", "same"), *vault_.seal(kOne, "key", "same"));
}

TEST_F(VaultTest, EveryTamperedByteIsNoticed) {
  for (const std::string& plain : {std::string("short"), std::string(500, 'z')}) {
    const std::string sealed = *vault_.seal(kOne, "key", plain);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      for (unsigned flip : {1U, 0x80U}) {
        std::string tampered = sealed;
        tampered[i] = static_cast<char>(static_cast<unsigned char>(tampered[i]) ^ flip);
        const auto opened = vault_.open(kOne, "key", tampered);
        ASSERT_FALSE(opened) << i;
        // A version above ours is told apart from damage.
        if (i == 0) continue;
        EXPECT_TRUE(opened.error() == Errc::kCorrupt) << i;
      }
    }
    for (std::size_t length = 0; length < sealed.size(); ++length) {
      EXPECT_TRUE(vault_.open(kOne, "key", sealed.substr(0, length)).error() == Errc::kCorrupt);
    }
  }
}

TEST_F(VaultTest, SealBelongsToItsKeyAndWorkspace) {
  const std::string sealed = *vault_.seal(kOne, "key", "content");
  EXPECT_TRUE(vault_.open(kOne, "other key", sealed).error() == Errc::kCorrupt);
  EXPECT_TRUE(vault_.open(kTwo, "key", sealed).error() == Errc::kCorrupt);
}

TEST_F(VaultTest, UnknownWorkspaceHasNoKey) {
  EXPECT_TRUE(vault_.seal(core::WorkspaceId{9}, "key", "content").error() == Errc::kNotFound);
}

TEST_F(VaultTest, AnotherVaultReadsTheSameKeys) {
  const std::string sealed = *vault_.seal(kOne, "key", "content");
  const Vault again(*store_, test_key());
  EXPECT_EQ(*again.open(kOne, "key", sealed), "content");
  EXPECT_EQ(*again.derive_key(kOne, "reply-token"), *vault_.derive_key(kOne, "reply-token"));
  EXPECT_EQ(*again.content_hash(kOne, "content"), *vault_.content_hash(kOne, "content"));
  const Vault foreign(*store_, test_key('w'));
  EXPECT_TRUE(foreign.open(kOne, "key", sealed).error() == Errc::kCorrupt);
}

TEST_F(VaultTest, DerivedKeysDifferByPurposeAndWorkspace) {
  const std::string key = *vault_.derive_key(kOne, "reply-token");
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(key, *vault_.derive_key(kOne, "reply-token"));
  EXPECT_NE(key, *vault_.derive_key(kOne, "message-id"));
  EXPECT_NE(key, *vault_.derive_key(kTwo, "reply-token"));
  EXPECT_NE(*vault_.content_hash(kOne, "content"), *vault_.content_hash(kTwo, "content"));
}

TEST_F(VaultTest, EnsureIsIdempotentUnderContention) {
  constexpr core::WorkspaceId kThree{3};
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Vault>> vaults;
  for (int t = 0; t < 4; ++t) vaults.push_back(std::make_unique<Vault>(*store_, test_key()));
  for (auto& vault : vaults) {
    threads.emplace_back(
        [&] { EXPECT_TRUE(postern::test::run_task(test::own_context(), vault->ensure_workspace(kThree))); });
  }
  for (auto& thread : threads) thread.join();
  const std::string sealed = *vaults[0]->seal(kThree, "key", "content");
  for (auto& vault : vaults) EXPECT_EQ(*vault->open(kThree, "key", sealed), "content");
}

TEST_F(VaultTest, RecordsAreSealedUnderTheirKey) {
  schema::FeedChange record;
  record.set_kind("a word of content");
  Transaction transaction = store_->begin();
  ASSERT_TRUE(put_sealed(transaction, vault_, kOne, key_of("r"), record));
  ASSERT_TRUE(put_plain(transaction, key_of("p"), record));
  ASSERT_TRUE(test::commit(*store_, std::move(transaction)));
  const auto sealed = test::get(*store_, key_of("r"));
  EXPECT_EQ(sealed->find("content"), std::string::npos);
  schema::FeedChange read;
  ASSERT_TRUE(open_record(vault_, kOne, key_of("r"), *sealed, read));
  EXPECT_EQ(read.kind(), "a word of content");
  EXPECT_TRUE(open_record(vault_, kOne, key_of("elsewhere"), *sealed, read).error() == Errc::kCorrupt);
  ASSERT_TRUE(parse_record(*test::get(*store_, key_of("p")), read));
  EXPECT_TRUE(parse_record("\xff\xff", read).error() == Errc::kCorrupt);
}

TEST_F(VaultTest, BlobsAreFoundByTheirContent) {
  const std::string content(50'000, 'b');
  auto store_once = [&] {
    Transaction transaction = store_->begin();
    auto address = put_blob(transaction, vault_, kOne, content);
    const std::size_t writes = transaction.writes().size();
    EXPECT_TRUE(test::commit(*store_, std::move(transaction)));
    return std::pair(*address, writes);
  };
  const auto [address, first_writes] = store_once();
  const auto [again, second_writes] = store_once();
  EXPECT_EQ(address.size(), 32U);
  EXPECT_EQ(address, again);
  EXPECT_EQ(first_writes, 2U);   // with its count of uses
  EXPECT_EQ(second_writes, 1U);  // only counted
  EXPECT_EQ(*get_blob(*store_->snapshot(), vault_, kOne, address), content);
  EXPECT_TRUE(get_blob(*store_->snapshot(), vault_, kOne, std::string(32, 'n')).error() == Errc::kNotFound);
  EXPECT_TRUE(get_blob(*store_->snapshot(), vault_, kTwo, address).error() == Errc::kNotFound);
}

TEST_F(VaultTest, ABlobGoesWithItsLastUse) {
  const auto store_use = [this] {
    Transaction transaction = store_->begin();
    auto address = *put_blob(transaction, vault_, kOne, "content");
    EXPECT_TRUE(test::commit(*store_, std::move(transaction)));
    return address;
  };
  const auto release = [this](const std::string& address) {
    Transaction transaction = store_->begin();
    const bool is_gone = *release_blob(transaction, kOne, address);
    EXPECT_TRUE(test::commit(*store_, std::move(transaction)));
    return is_gone;
  };
  const std::string address = store_use();
  EXPECT_EQ(store_use(), address);
  EXPECT_FALSE(release(address));
  EXPECT_EQ(*get_blob(*store_->snapshot(), vault_, kOne, address), "content");
  EXPECT_TRUE(release(address));
  EXPECT_TRUE(get_blob(*store_->snapshot(), vault_, kOne, address).error() == Errc::kNotFound);
  EXPECT_FALSE(release(address));       // nobody has it
  EXPECT_EQ(store_use(), address);      // it may come back
  Transaction both = store_->begin();   // two uses of one transaction, and one of them taken back in it
  ASSERT_TRUE(put_blob(both, vault_, kOne, "twice"));
  const std::string twice = *put_blob(both, vault_, kOne, "twice");
  EXPECT_FALSE(*release_blob(both, kOne, twice));
  ASSERT_TRUE(test::commit(*store_, std::move(both)));
  EXPECT_EQ(*get_blob(*store_->snapshot(), vault_, kOne, twice), "twice");
  EXPECT_TRUE(release(twice));
}

TEST_F(VaultTest, WhoReliesOnABlobThatIsErasedMeanwhileIsToldOfTheConflict) {
  Transaction first = store_->begin();
  const std::string address = *put_blob(first, vault_, kOne, "content");
  ASSERT_TRUE(test::commit(*store_, std::move(first)));
  Transaction late = store_->begin();
  ASSERT_TRUE(put_blob(late, vault_, kOne, "content"));
  Transaction release = store_->begin();
  EXPECT_TRUE(*release_blob(release, kOne, address));
  ASSERT_TRUE(test::commit(*store_, std::move(release)));
  EXPECT_TRUE(test::commit(*store_, std::move(late)).error() == Errc::kConflict);
  Transaction again = store_->begin();  // and the other way round: who would erase what somebody has come to use
  ASSERT_TRUE(put_blob(again, vault_, kOne, "content"));
  ASSERT_TRUE(test::commit(*store_, std::move(again)));
  Transaction stale = store_->begin();
  EXPECT_TRUE(*release_blob(stale, kOne, address));
  Transaction second = store_->begin();
  ASSERT_TRUE(put_blob(second, vault_, kOne, "content"));
  ASSERT_TRUE(test::commit(*store_, std::move(second)));
  EXPECT_TRUE(test::commit(*store_, std::move(stale)).error() == Errc::kConflict);
  EXPECT_EQ(*get_blob(*store_->snapshot(), vault_, kOne, address), "content");
}

}  // namespace
}  // namespace postern::storage

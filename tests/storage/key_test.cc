#include "storage/key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

namespace postern::storage {
namespace {

using Fields = std::tuple<std::uint64_t, std::string, std::uint64_t>;

std::string encode(const Fields& fields) {
  KeyBuilder key(core::WorkspaceId{7}, Space::kInbox);
  key.u64(std::get<0>(fields)).text(std::get<1>(fields)).u64(std::get<2>(fields));
  return std::move(key).take();
}

// Small alphabets make collisions, prefixes and the escaped bytes likely.
Fields any_fields(std::mt19937_64& random) {
  static constexpr char kBytes[] = {'\x00', '\x01', '\x02', 'a', '\xfe', '\xff'};
  std::string text(random() % 6, '\0');
  for (char& c : text) c = kBytes[random() % sizeof kBytes];
  const std::uint64_t number = random() % 3 == 0 ? random() : random() % 4;
  return {number, text, random() % 3 == 0 ? random() : random() % 300};
}

TEST(Key, ReadsBackWhatWasBuilt) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Fields fields = any_fields(random);
    const std::string bytes = encode(fields);
    KeyReader key(bytes);
    EXPECT_EQ(key.workspace(), core::WorkspaceId{7});
    EXPECT_EQ(key.space(), Space::kInbox);
    const std::uint64_t first = key.u64();
    const std::string text = key.text();
    EXPECT_EQ(fields, Fields(first, text, key.u64()));
    ASSERT_TRUE(key.ok() && key.at_end());
  }
}

TEST(Key, SortsAsItsFieldsSort) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const Fields a = any_fields(random);
    const Fields b = any_fields(random);
    ASSERT_EQ(a <=> b, encode(a) <=> encode(b));
  }
}

TEST(Key, DescendingNumbersSortBackwards) {
  auto key = [](std::uint64_t number) {
    KeyBuilder builder(core::WorkspaceId{1}, Space::kTicketByUpdate);
    builder.u64_descending(number);
    return std::move(builder).take();
  };
  EXPECT_LT(key(10), key(9));
  EXPECT_LT(key(std::uint64_t{1} << 40U), key(3));
  const std::string bytes = key(12345);
  KeyReader reader(bytes);
  EXPECT_EQ(reader.u64_descending(), 12345U);
}

TEST(Key, WorkspacesAndSpacesDoNotMix) {
  EXPECT_LT(KeyBuilder(core::WorkspaceId{1}, Space::kDkimKey).bytes(),
            KeyBuilder(core::WorkspaceId{2}, Space::kMeta).bytes());
  EXPECT_LT(KeyBuilder(core::WorkspaceId{1}, Space::kMeta).bytes(),
            KeyBuilder(core::WorkspaceId{1}, Space::kDataKey).bytes());
}

TEST(Key, RefusesWhatIsNoKey) {
  for (std::string bytes :
       {std::string(), std::string(8, 'x'), std::string(9, 'x'), std::string(12, '\0'),
        std::string(9, 'x') + std::string("a\0\x02", 3), std::string(9, 'x') + std::string("ab\0", 3)}) {
    KeyReader key(bytes);
    key.text();
    EXPECT_FALSE(key.ok()) << bytes.size();
    EXPECT_EQ(key.u64(), 0U);
  }
}

TEST(PrefixEnd, IsAboveEveryKeyWithThePrefix) {
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xff"), "b");
  EXPECT_EQ(prefix_end("\xff\xff"), "");
  EXPECT_EQ(prefix_end(""), "");
}

}  // namespace
}  // namespace postern::storage

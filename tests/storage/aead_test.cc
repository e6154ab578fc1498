// That the cipher of records is the one it is said to be, by vectors of others.
#include "storage/aead.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "core/encoding.h"

namespace postern::storage {
namespace {

std::string bytes_of(std::string_view hex) { return core::from_hex(hex).value(); }

// Test case 16 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, which NIST SP 800-38D rests on.
TEST(Aead, AsvsV11_3_2_IsAes256GcmByPublishedVectors) {
  const std::string key = bytes_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string nonce = bytes_of("cafebabefacedbaddecaf888");
  const std::string plain = bytes_of(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b39");
  const std::string sealed = bytes_of(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  // In two pieces, as our records have it: the head and the key of the record.
  const std::string first = bytes_of("feedfacedeadbeef");
  const std::string second = bytes_of("feedfacedeadbeefabaddad2");
  std::string out;
  gcm_seal(key, nonce, {first, second}, plain, out);
  EXPECT_EQ(core::to_hex(out), core::to_hex(sealed));
  const auto opened = gcm_open(key, nonce, {first, second}, sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(core::view(*opened), plain);
  EXPECT_FALSE(gcm_open(key, nonce, {second, first}, sealed)) << "what is authenticated beside it";
}

// A thread's contexts stay with their last key: whatever was done before, a record is sealed as by a thread that has done nothing.
TEST(Aead, WhatAContextDidBeforeChangesNothing) {
  const std::array keys{std::string(kKeyBytes, 'a'), std::string(kKeyBytes, 'b')};
  const auto seal = [&](std::size_t step) {
    const std::string nonce(kNonceBytes, static_cast<char>('0' + step % 7));
    const std::string plain(step % 5 == 0 ? 0 : step * 13, 'p');
    std::string out = "before";
    if (step % 3 == 0) gcm_seal(keys[step / 2 % 2], nonce, {}, plain, out);
    else gcm_seal(keys[step / 2 % 2], nonce, {"head", plain}, plain, out);
    return out.substr(6);
  };
  for (std::size_t step = 0; step < 40; ++step) {
    const std::string here = seal(step);
    std::string fresh;
    std::thread([&] { fresh = seal(step); }).join();
    ASSERT_EQ(core::to_hex(here), core::to_hex(fresh)) << step;
    const std::string nonce(kNonceBytes, static_cast<char>('0' + step % 7));
    const std::string plain(step % 5 == 0 ? 0 : step * 13, 'p');
    const auto open = [&](const std::string& key, std::string sealed) {
      return step % 3 == 0 ? gcm_open(key, nonce, {}, sealed) : gcm_open(key, nonce, {"head", plain}, sealed);
    };
    std::string damaged = here;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    EXPECT_FALSE(open(keys[step / 2 % 2], damaged)) << step;
    EXPECT_FALSE(open(keys[1 - step / 2 % 2], here)) << step;
    const auto opened = open(keys[step / 2 % 2], here);
    ASSERT_TRUE(opened) << step << ": a refusal before spoils nothing";
    EXPECT_EQ(core::view(*opened), plain);
  }
}

}  // namespace
}  // namespace postern::storage

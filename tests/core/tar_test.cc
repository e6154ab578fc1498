// Archives: what is written comes back, what tar writes is read, damage is told.
#include "core/tar.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace postern::core {
namespace {

std::string file(std::string_view name, std::string_view content) {
  return tar_head(name, content.size(), 1'700'000'000'000) + std::string(content) + tar_padding(content.size());
}

TEST(Tar, WhatIsWrittenComesBack) {
  const std::string bytes = file("a.txt", "hello") + file("folder/b", "") + file("c", std::string(512, 'c')) + tar_end();
  EXPECT_EQ(bytes.size() % kTarBlock, 0U);
  EXPECT_TRUE(is_tar(bytes));
  const auto files = read_tar(bytes, 10).value();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].name, "a.txt");
  EXPECT_EQ(bytes.substr(files[0].begin, files[0].size), "hello");
  EXPECT_EQ(files[0].changed_unix_ms, 1'700'000'000'000);
  EXPECT_EQ(files[1].name, "folder/b");
  EXPECT_EQ(files[1].size, 0U);
  EXPECT_EQ(files[2].size, 512U);
}

TEST(Tar, NamesDoNotLeadOut) {
  const auto files = read_tar(file("/../../etc/./passwd", "x") + tar_end(), 10).value();
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].name, "etc/passwd");
}

TEST(Tar, DamageAndLimitsAreTold) {
  const std::string good = file("a", "hello") + file("b", "world") + tar_end();
  EXPECT_FALSE(read_tar(good, 1));
  std::string other = good;
  other[kTarBlock * 2] = 'X';  // the second name: its sum is wrong
  EXPECT_FALSE(read_tar(other, 10));
  EXPECT_FALSE(read_tar(std::string_view(good).substr(0, kTarBlock + 2), 10)) << "ends within a file";
  EXPECT_FALSE(is_tar("From somebody Sat Jan  3 01:05:34 1996\n"));
  EXPECT_TRUE(read_tar("", 10).value().empty());
}

// What the program of that name writes, with a name that is longer than a head takes, in both of its formats; and it reads ours.
TEST(Tar, TheProgramAndWeUnderstandEachOther) {
  namespace fs = std::filesystem;
  char name[] = "/tmp/postern-tar-XXXXXX";
  const fs::path folder = ::mkdtemp(name);
  const std::string longest = std::string(120, 'n') + ".eml";
  std::ofstream(folder / longest) << "mail";
  for (const char* format : {"gnu", "pax"}) {
    const fs::path archive = folder / "x.tar";
    const std::string command = "tar -C " + folder.string() + " --format=" + format + " -cf " + archive.string() + " ./" + longest;
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::ifstream in(archive, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    ASSERT_TRUE(is_tar(bytes)) << format;
    const auto files = read_tar(bytes, 10).value();
    ASSERT_EQ(files.size(), 1U) << format;
    EXPECT_EQ(files[0].name, longest);
    EXPECT_EQ(bytes.substr(files[0].begin, files[0].size), "mail");
  }
  std::ofstream(folder / "ours.tar", std::ios::binary) << file("ours.txt", "from us") + tar_end();
  ASSERT_EQ(std::system(("tar -C " + folder.string() + " -xf " + (folder / "ours.tar").string()).c_str()), 0);
  std::ifstream back(folder / "ours.txt");
  EXPECT_EQ(std::string((std::istreambuf_iterator<char>(back)), {}), "from us");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace postern::core

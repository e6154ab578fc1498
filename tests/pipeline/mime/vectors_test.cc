// Header vectors of mail-parser (data/mime/mail-parser/resources): field value in, parsed value out. They are scored,
// because another parser's choices in malformed input are not ours; the floor is what we reach.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/encoding.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/date.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/message_id.h"
#include "pipeline/mime/params.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

namespace json = boost::json;

// The vectors are a header block's remainder: the field ends at the first line end that is not folded.
std::string field_of(std::string_view header) {
  std::size_t pos = 0;
  for (; pos < header.size(); ++pos) {
    if (header[pos] == '\n' && (pos + 1 >= header.size() || (header[pos + 1] != ' ' && header[pos + 1] != '\t'))) break;
  }
  return std::string(header.substr(0, pos));
}

std::string collapse(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

struct Score {
  std::size_t total = 0;
  std::size_t right = 0;
  void add(bool is_right, const std::string& what) {
    ++total;
    if (is_right) ++right;
    else std::printf("  differs: %.300s\n", what.c_str());
  }
  double percent() const { return total == 0 ? 0 : 100.0 * static_cast<double>(right) / static_cast<double>(total); }
};

json::array load(const std::filesystem::path& data, const char* name) {
  return json::parse(test::read_file(data / "mime/mail-parser/resources" / name)).as_array();
}

void show(const char* name, const Score& score) { std::printf("%s: %zu of %zu (%.1f %%)\n", name, score.right, score.total, score.percent()); }

TEST(Vectors, Unstructured) {
  POSTERN_SHARED_OR_SKIP(data);
  Score score;
  for (const auto& entry : load(data, "unstructured.json")) {
    const std::string header(entry.at("header").as_string());
    if (!entry.at("expected").is_string()) continue;
    const auto ours = collapse(decode_words(field_of(header)));
    const std::string expected(entry.at("expected").as_string());
    score.add(ours == collapse(expected), header + " => " + ours + " | " + expected);
  }
  show("unstructured", score);  // the three that differ add a blank that the sender did not send
  EXPECT_GE(score.percent(), 90);
}

void collect(const json::value& value, std::vector<std::string>& out) {
  if (value.is_array()) {
    for (const auto& item : value.as_array()) collect(item, out);
  } else if (value.is_object()) {
    const auto& object = value.as_object();
    if (object.contains("address")) {
      const auto& address = object.at("address");
      const auto& name = object.at("name");
      if (address.is_string()) out.push_back((name.is_string() ? collapse(name.as_string()) : "") + "/" + std::string(address.as_string()));
      return;
    }
    for (const auto& [key, item] : object) {
      if (key != "name") collect(item, out);
    }
  }
}

TEST(Vectors, Addresses) {
  POSTERN_SHARED_OR_SKIP(data);
  Score score;
  for (const auto& entry : load(data, "address.json")) {
    const std::string header(entry.at("header").as_string());
    if (header.find("<mailto:") != std::string::npos) continue;  // List-* fields hold addresses of another kind (RFC 2369)
    std::vector<std::string> expected;
    collect(entry.at("expected"), expected);
    std::erase_if(expected, [](const std::string& item) { return item.find('@') == std::string::npos; });
    std::vector<std::string> ours;
    for (const auto& item : parse_address_list(field_of(header))) ours.push_back(item.name + "/" + item.address.local + "@" + item.address.domain);
    score.add(ours == expected, header + " => " + ::testing::PrintToString(ours) + " | " + ::testing::PrintToString(expected));
  }
  show("addresses", score);
  EXPECT_GE(score.percent(), 75);
}

TEST(Vectors, Dates) {
  POSTERN_SHARED_OR_SKIP(data);
  Score score;
  for (const auto& entry : load(data, "date.json")) {
    const std::string header(entry.at("header").as_string());
    const auto& expected = entry.at("expected");
    if (!expected.is_object()) continue;
    const auto field = [&](const char* name) { return static_cast<int>(expected.at(name).to_number<int>()); };
    if (field("year") < 1970) continue;
    using std::chrono::sys_days;
    const std::chrono::year_month_day day{std::chrono::year(field("year")), std::chrono::month(static_cast<unsigned>(field("month"))),
                                          std::chrono::day(static_cast<unsigned>(field("day")))};
    if (!day.ok()) continue;
    const int zone = (field("tz_hour") * 60 + field("tz_minute")) * (expected.at("tz_before_gmt").as_bool() ? -1 : 1);
    const core::WallTime when = core::WallTime(sys_days(day).time_since_epoch()) + std::chrono::hours(field("hour")) +
                                std::chrono::minutes(field("minute") - zone) + std::chrono::seconds(field("second"));
    const auto ours = parse_mail_date(header);
    score.add(ours == when, header + " => " + (ours ? core::to_rfc3339(*ours) : "none") + " | " + core::to_rfc3339(when));
  }
  show("dates", score);
  EXPECT_GE(score.percent(), 85);
}

TEST(Vectors, MessageIds) {
  POSTERN_SHARED_OR_SKIP(data);
  Score score;
  for (const auto& entry : load(data, "id.json")) {
    const std::string header(entry.at("header").as_string());
    std::vector<std::string> expected;
    if (entry.at("expected").is_array()) {
      for (const auto& id : entry.at("expected").as_array()) {
        std::string plain;
        for (char c : id.as_string()) {
          if (c != ' ' && c != '\t' && c != '\r' && c != '\n') plain += c;
        }
        expected.push_back(plain);
      }
    }
    const auto ours = parse_message_ids(field_of(header));
    score.add(ours == expected, header + " => " + ::testing::PrintToString(ours) + " | " + ::testing::PrintToString(expected));
  }
  show("message ids", score);
  EXPECT_GE(score.percent(), 70);
}

TEST(Vectors, ContentTypes) {
  POSTERN_SHARED_OR_SKIP(data);
  Score score;
  for (const auto& entry : load(data, "content_type.json")) {
    const std::string header(entry.at("header").as_string());
    if (!entry.at("expected").is_object()) continue;
    const auto& expected = entry.at("expected").as_object();
    const auto text = [](const json::value& value) { return value.is_string() ? std::string(value.as_string()) : std::string(); };
    const auto member = [&](const char* name) { return expected.contains(name) ? expected.at(name) : json::value(); };
    auto type = core::to_lower_ascii(text(member("c_type")));
    if (const auto subtype = core::to_lower_ascii(text(member("c_subtype"))); !subtype.empty()) type += "/" + subtype;
    const auto ours = parse_mime_value(field_of(header));
    bool same = ours.value == type;
    std::string differs = ours.value + " | " + type;
    const auto attributes = member("attributes");
    if (attributes.is_array()) {
      for (const auto& pair : attributes.as_array()) {
        if (!pair.is_array() || pair.as_array().size() < 2) continue;
        const auto name = core::to_lower_ascii(text(pair.at(0)));
        const auto value = text(pair.at(1));
        if (name.ends_with("-language") || ours.param(name) == value) continue;
        same = false;
        differs += " ; " + name + "=" + ours.param(name) + " | " + value;
      }
    }
    score.add(same, header + " => " + differs);
  }
  show("content types", score);
  EXPECT_GE(score.percent(), 75);
}

}  // namespace
}  // namespace postern::pipeline

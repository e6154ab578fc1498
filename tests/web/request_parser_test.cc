#include "web/server/request_parser.h"

#include <gtest/gtest.h>

#include "web/errc.h"

namespace postern::web {
namespace {

struct Parsed {
  core::Result<bool> outcome = false;
  Request request;
  std::string rest;
};

// Feeds `bytes` in pieces of `step`.
Parsed parse(std::string_view bytes, std::size_t step = 1 << 20, std::size_t body_max = 1 << 20) {
  static const WebOptions options;
  RequestParser parser(options);
  Parsed out;
  std::string buffer;
  bool has_head = false;
  for (std::size_t at = 0; at <= bytes.size(); at += step) {
    buffer += bytes.substr(at, step);
    if (!has_head) {
      out.outcome = parser.parse_head(buffer);
      if (!out.outcome) return out;
      has_head = *out.outcome;
    }
    if (has_head) {
      out.outcome = parser.parse_body(buffer, body_max);
      if (!out.outcome || *out.outcome) break;
    }
  }
  out.request = parser.request();
  out.rest = buffer;
  return out;
}

std::string with_fields(const std::string& fields, const std::string& body = "") {
  return "POST /x HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

TEST(RequestParser, ReadsTargetQueryAndFields) {
  Parsed got = parse("GET /a%20b/c?page%5Bsize%5D=5&q=1+2&flag HTTP/1.1\r\nHost: help.example\r\nX-Thing:  v \r\n\r\n");
  ASSERT_TRUE(got.outcome.has_value());
  EXPECT_TRUE(*got.outcome);
  EXPECT_EQ(got.request.verb, Verb::kGet);
  EXPECT_EQ(got.request.segments, (std::vector<std::string>{"a b", "c"}));
  EXPECT_EQ(got.request.query_value("page[size]"), "5");
  EXPECT_EQ(got.request.query_value("q"), "1 2");
  EXPECT_EQ(got.request.query_value("flag"), "");
  EXPECT_EQ(got.request.field("x-thing"), "v");
  EXPECT_FALSE(got.request.wants_close);
}

TEST(RequestParser, TakesTheAbsoluteForm) {
  EXPECT_EQ(parse("GET https://evil.example/api/x?y=1 HTTP/1.1\r\nHost: h\r\n\r\n").request.path, "/api/x");
}

TEST(RequestParser, GivesTheSameAnswerForEverySplit) {
  std::string bytes = with_fields("Content-Length: 5\r\n", "helloNEXT");
  for (std::size_t step : {1UL, 2UL, 3UL, 7UL, 64UL}) {
    Parsed got = parse(bytes, step);
    ASSERT_TRUE(got.outcome.has_value()) << step;
    EXPECT_EQ(got.request.body, "hello") << step;
  }
  EXPECT_EQ(parse(bytes).rest, "NEXT");
}

// Found by fuzz_http_request: the empty line was skipped only when both of its bytes came at once.
TEST(RequestParser, SkipsOneEmptyLineForEverySplit) {
  for (std::size_t step : {1UL, 2UL, 1000UL}) {
    EXPECT_TRUE(parse("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", step).outcome.has_value()) << step;
    EXPECT_FALSE(parse("\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", step).outcome.has_value()) << step;
  }
}

TEST(RequestParser, DecodesChunksForEverySplit) {
  std::string bytes = with_fields("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\nNEXT");
  for (std::size_t step : {1UL, 2UL, 3UL, 5UL, 1000UL}) {
    Parsed got = parse(bytes, step);
    ASSERT_TRUE(got.outcome.has_value()) << step << got.outcome.error().describe();
    EXPECT_TRUE(*got.outcome);
    EXPECT_EQ(got.request.body, "hello0123456789") << step;
  }
  EXPECT_EQ(parse(bytes).rest, "NEXT");
}

// Beast 1.81 asserts on this one when it arrives byte by byte.
TEST(RequestParser, EmptyChunkedBodyByteByByte) {
  Parsed got = parse(with_fields("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 1);
  ASSERT_TRUE(got.outcome.has_value());
  EXPECT_TRUE(*got.outcome);
  EXPECT_EQ(got.request.body, "");
}

struct Refusal {
  const char* name;
  std::string bytes;
  Errc code;
};

class Smuggling : public testing::TestWithParam<Refusal> {};

TEST_P(Smuggling, IsRefused) {
  for (std::size_t step : {1UL, 1000000UL}) {
    Parsed got = parse(GetParam().bytes, step);
    ASSERT_FALSE(got.outcome.has_value()) << GetParam().name << " step " << step;
    EXPECT_TRUE(got.outcome.error() == GetParam().code) << got.outcome.error().describe();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Http, Smuggling,
    testing::Values(
        Refusal{"ClAndTe", with_fields("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), Errc::kMalformed},
        Refusal{"TeAndCl", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"), Errc::kMalformed},
        Refusal{"TwoLengths", with_fields("Content-Length: 4\r\nContent-Length: 5\r\n", "abcde"), Errc::kMalformed},
        Refusal{"TwoEqualLengths", with_fields("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), Errc::kMalformed},
        Refusal{"LengthList", with_fields("Content-Length: 4, 4\r\n", "abcd"), Errc::kMalformed},
        Refusal{"SignedLength", with_fields("Content-Length: +4\r\n", "abcd"), Errc::kMalformed},
        Refusal{"NegativeLength", with_fields("Content-Length: -1\r\n"), Errc::kMalformed},
        Refusal{"HugeLength", with_fields("Content-Length: 99999999999999999999\r\n"), Errc::kMalformed},
        Refusal{"HexLength", with_fields("Content-Length: 0x4\r\n", "abcd"), Errc::kMalformed},
        Refusal{"TwoCodings", with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), Errc::kMalformed},
        Refusal{"CodingList", with_fields("Transfer-Encoding: gzip, chunked\r\n"), Errc::kUnknownCoding},
        Refusal{"CodingMangled", with_fields("Transfer-Encoding: xchunked\r\n"), Errc::kUnknownCoding},
        Refusal{"CodingInOldHttp", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Errc::kMalformed},
        Refusal{"ObsFold", with_fields("X-A: 1\r\n Content-Length: 4\r\n"), Errc::kMalformed},
        Refusal{"TabFold", with_fields("X-A: 1\r\n\tb\r\n"), Errc::kMalformed},
        Refusal{"SpaceBeforeColon", with_fields("Content-Length : 4\r\n", "abcd"), Errc::kMalformed},
        Refusal{"BareLf", "GET / HTTP/1.1\nHost: h\n\n", Errc::kMalformed},
        Refusal{"BareLfInField", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", Errc::kMalformed},
        Refusal{"BareCr", with_fields("X-A: 1\rTransfer-Encoding: chunked\r\n"), Errc::kMalformed},
        Refusal{"Nul", with_fields(std::string("X-A: 1\0002\r\n", 10)), Errc::kMalformed},
        Refusal{"NoHost", "GET / HTTP/1.1\r\n\r\n", Errc::kMalformed},
        Refusal{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Errc::kMalformed},
        Refusal{"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Errc::kMalformed},
        Refusal{"TwoAuthorizations", with_fields("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), Errc::kMalformed},
        Refusal{"BadEscape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", Errc::kMalformed},
        Refusal{"EncodedNul", "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", Errc::kMalformed},
        Refusal{"AuthorityForm", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", Errc::kMalformed},
        Refusal{"AsteriskForm", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", Errc::kMalformed},
        Refusal{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Errc::kVersion},
        Refusal{"Expectation", with_fields("Expect: 200-ok\r\n"), Errc::kExpectation},
        Refusal{"ChunkExtension", with_fields("Transfer-Encoding: chunked\r\n", "4;a=b\r\nabcd\r\n0\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunkBareLf", with_fields("Transfer-Encoding: chunked\r\n", "4\nabcd\r\n0\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunkSizeSpace", with_fields("Transfer-Encoding: chunked\r\n", "4 \r\nabcd\r\n0\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunkSizeEmpty", with_fields("Transfer-Encoding: chunked\r\n", "\r\nabcd\r\n0\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunkSizeHuge", with_fields("Transfer-Encoding: chunked\r\n", "fffffffff\r\n"), Errc::kMalformed},
        Refusal{"ChunkTooLong", with_fields("Transfer-Encoding: chunked\r\n", "4\r\nabcdef\r\n0\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunkTrailer", with_fields("Transfer-Encoding: chunked\r\n", "0\r\nX-A: b\r\n\r\n"), Errc::kMalformed},
        Refusal{"ChunksOverLimit", with_fields("Transfer-Encoding: chunked\r\n", "7fffffff\r\n"), Errc::kBodyTooLarge}),
    [](const auto& each) { return each.param.name; });

TEST(RequestParser, BoundsTheHeader) {
  Parsed got = parse(with_fields("X-A: " + std::string(20000, 'a') + "\r\n"), 512);
  ASSERT_FALSE(got.outcome.has_value());
  EXPECT_TRUE(got.outcome.error() == Errc::kHeaderTooLarge);
  std::string many;
  for (int i = 0; i < 120; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_TRUE(parse(with_fields(many)).outcome.error() == Errc::kHeaderTooLarge);
}

TEST(RequestParser, BoundsTheTarget) {
  Parsed got = parse("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(got.outcome.error() == Errc::kTargetTooLong);
}

TEST(RequestParser, RefusesABodyAboveTheLimitBeforeItArrives) {
  Parsed got = parse(with_fields("Content-Length: 100\r\n"), 1 << 20, 99);
  EXPECT_TRUE(got.outcome.error() == Errc::kBodyTooLarge);
}

TEST(Request, CookieIsReadWholeAndAmbiguityIsNone) {
  Parsed got = parse("GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1; __Host-postern=abc==; b=2\r\n\r\n");
  EXPECT_EQ(got.request.cookie("__Host-postern"), "abc==");
  EXPECT_EQ(got.request.cookie("postern"), std::nullopt);
  got = parse("GET / HTTP/1.1\r\nHost: h\r\nCookie: s=1; s=2\r\n\r\n");
  EXPECT_EQ(got.request.cookie("s"), std::nullopt);
}

}  // namespace
}  // namespace postern::web

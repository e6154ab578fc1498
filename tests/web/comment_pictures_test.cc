// Remote pictures of mail, on consent: none by default, only those that the comment names, only what is a picture (T-02).
#include <fmt/format.h>

#include "core/encoding.h"
#include "core/errc.h"
#include "tests/web/web_app.h"
#include "web/api/comment_pictures.h"
#include "web/api/picture_kind.h"

namespace postern::test {
namespace {

std::string be(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return out;
}
std::string le(std::uint32_t value, int bytes) {
  std::string out = be(value, bytes);
  std::ranges::reverse(out);
  return out;
}
std::string png_of(std::uint32_t width, std::uint32_t height) {
  return std::string("\x89PNG\r\n\x1A\n", 8) + be(13, 4) + "IHDR" + be(width, 4) + be(height, 4) + "rest";
}

TEST(PictureKind, IsToldByTheBytesAndHasASize) {
  const std::string jpeg = std::string("\xFF\xD8\xFF\xE0", 4) + be(4, 2) + "ab" + "\xFF\xC2" + be(11, 2) + "\x08" + be(20, 2) + be(30, 2) + "more";
  const std::string webp_lossless = "RIFF" + le(40, 4) + "WEBPVP8L" + le(20, 4) + "\x2F" + le((99U << 14U) | 49U, 4) + "12345678";
  const std::string webp_more = "RIFF" + le(40, 4) + "WEBPVP8X" + le(10, 4) + std::string(4, '\0') + le(49, 3) + le(99, 3);
  struct Known {
    std::string bytes;
    std::string_view type;
    std::uint32_t width, height;
  };
  for (const Known& each : {Known{png_of(50, 100), "image/png", 50, 100}, Known{"GIF89a" + le(50, 2) + le(100, 2), "image/gif", 50, 100},
                            Known{jpeg, "image/jpeg", 30, 20}, Known{webp_lossless, "image/webp", 50, 100}, Known{webp_more, "image/webp", 50, 100}}) {
    const auto kind = web::picture_kind(each.bytes);
    ASSERT_TRUE(kind) << each.type;
    EXPECT_EQ(kind->media_type, each.type);
    EXPECT_EQ(kind->width, each.width);
    EXPECT_EQ(kind->height, each.height);
    for (std::size_t cut = 0; cut < each.bytes.size(); ++cut) (void)web::picture_kind(std::string(each.bytes.substr(0, cut)));  // no read beyond it
  }
  for (const std::string& none : {std::string(), std::string("<svg xmlns='http://www.w3.org/2000/svg'/>"), std::string("<html>"), png_of(0, 1), png_of(20'000, 1),
                                  png_of(16'000, 16'000)}) {
    EXPECT_FALSE(web::picture_kind(none)) << none.substr(0, 8);
  }
}

class PicturesOfTest final : public web::RemotePictures {
 public:
  core::Task<core::Result<std::string>> fetch(std::string url) override {
    asked.push_back(url);
    const auto found = served.find(url);
    if (found == served.end()) co_return core::fail(core::Errc::kInvalid, "there is none");
    co_return found->second;
  }
  std::map<std::string, std::string> served;
  std::vector<std::string> asked;
};

struct PictureMail {
  explicit PictureMail(const std::string& html) {
    const std::string body = "Content-Type: text/html; charset=utf-8\r\n\r\n" + html;
    ticket = app.receive("one@customer.example", "Look", body);
    const Reply list = app.get(fmt::format("/api/v2/tickets/{}/comments", ticket.value), app.agent_token);
    html_url = std::string(list.at("comments").at(0).at("html_url").as_string());
    html_url = html_url.substr(html_url.find("/api/"));
  }
  std::string picture(const std::string& url) const { return html_url.substr(0, html_url.rfind('/')) + "/picture?url=" + web::percent_encode(url); }
  PicturesOfTest pictures;
  WebApp app{web::WebOptions(), WebApp::Rules::kFake, {nullptr, nullptr, &pictures}};
  core::TicketId ticket;
  std::string html_url;
};

constexpr const char* kNamesFour =
    R"(<p>Hi</p><img src="https://pics.example/a.png?x=1&amp;y=2"><img src="https://pics.example/page.html">)"
    R"(<img src="https://pics.example/a.png?x=1&amp;y=2"><img src="https://pics.example/gone.png">)";

TEST(CommentPictures, StayAwayUntilSomebodyConsents) {
  PictureMail mail(kNamesFour);
  const std::string good = "https://pics.example/a.png?x=1&y=2";
  mail.pictures.served[good] = png_of(2, 2);
  mail.pictures.served["https://pics.example/page.html"] = "<html><script>alert(1)</script>";
  const Reply plain = mail.app.get(mail.html_url, mail.app.agent_token);
  ASSERT_EQ(plain.status, 200) << plain.body;
  EXPECT_TRUE(mail.pictures.asked.empty()) << "nobody is asked by default";
  EXPECT_EQ(plain.body.find(" src=\""), std::string::npos);

  const Reply shown = mail.app.get(mail.html_url + "?pictures=true", mail.app.agent_token);
  EXPECT_EQ(mail.pictures.asked.size(), 3U) << "each address once";
  const std::string data = "src=\"data:image/png;base64," + core::to_base64(png_of(2, 2)) + "\"";
  const std::size_t first = shown.body.find(data);
  ASSERT_NE(first, std::string::npos) << shown.body;
  EXPECT_NE(shown.body.find(data, first + 1), std::string::npos) << "in both places";
  EXPECT_EQ(shown.body.find("script"), std::string::npos);
  EXPECT_NE(shown.body.find("data-remote-src=\"https://pics.example/page.html\""), std::string::npos) << "what is no picture stays away";
  EXPECT_NE(shown.field("content-security-policy").find("default-src 'none'"), std::string::npos) << "and the document asks nobody";
  EXPECT_EQ(shown.field("cache-control"), "no-store");
}

TEST(CommentPictures, AreFetchedOnlyWhereTheCommentNamesThem) {
  PictureMail mail(kNamesFour);
  const std::string good = "https://pics.example/a.png?x=1&y=2";
  mail.pictures.served[good] = png_of(2, 2);
  mail.pictures.served["https://other.example/b.png"] = png_of(2, 2);
  const Reply shown = mail.app.get(mail.picture(good), mail.app.agent_token);
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.field("content-type"), "image/png");
  EXPECT_NE(shown.field("content-security-policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(shown.body, png_of(2, 2));
  EXPECT_EQ(mail.app.get(mail.picture("https://other.example/b.png"), mail.app.agent_token).status, 404);
  EXPECT_EQ(mail.app.get(mail.picture(good), mail.app.foreign_token).status, 404);
  EXPECT_EQ(mail.pictures.asked.size(), 1U);
  EXPECT_EQ(mail.app.get(mail.picture("https://pics.example/gone.png"), mail.app.agent_token).status, 404);
}

// Words of the mail that look like an attribute, or like the end of one, move nothing.
TEST(CommentPictures, TextThatLooksLikeAnAttributeIsText) {
  PictureMail mail(R"(<p>data-remote-src="https://pics.example/a.png?<b>"x</b></p><img alt="data-remote-src=" src="https://pics.example/a.png">)");
  mail.pictures.served["https://pics.example/a.png"] = png_of(2, 2);
  mail.pictures.served["https://pics.example/a.png?<b>"] = png_of(2, 2);
  const Reply plain = mail.app.get(mail.html_url, mail.app.agent_token);
  const Reply shown = mail.app.get(mail.html_url + "?pictures=true", mail.app.agent_token);
  EXPECT_EQ(shown.body.substr(0, shown.body.find("</p>")), plain.body.substr(0, plain.body.find("</p>")));
  for (const std::string& each : mail.pictures.asked) EXPECT_EQ(each.find('<'), std::string::npos) << each;
}

TEST(CommentPictures, HaveBounds) {
  std::string html;
  for (std::size_t i = 0; i < web::kPicturesMax + 5; ++i) html += fmt::format(R"(<img src="https://pics.example/{}.png">)", i);
  PictureMail many(html);
  for (std::size_t i = 0; i < web::kPicturesMax + 5; ++i) many.pictures.served[fmt::format("https://pics.example/{}.png", i)] = png_of(2, 2);
  many.app.get(many.html_url + "?pictures=true", many.app.agent_token);
  EXPECT_EQ(many.pictures.asked.size(), web::kPicturesMax);

  std::string again;
  for (int i = 0; i < 50; ++i) again += R"(<img src="https://pics.example/large.png">)";
  PictureMail large(again);
  large.pictures.served["https://pics.example/large.png"] = png_of(2, 2) + std::string(1U << 20U, 'x');
  const Reply shown = large.app.get(large.html_url + "?pictures=true", large.app.agent_token);
  EXPECT_LT(shown.body.size(), web::kAllPicturesBytesMax + (64U << 10U)) << "named fifty times, it does not come fifty times";
  large.pictures.served["https://pics.example/large.png"] = png_of(2, 2) + std::string(web::kPictureBytesMax, 'x');
  EXPECT_EQ(large.app.get(large.picture("https://pics.example/large.png"), large.app.agent_token).status, 404);
}

}  // namespace
}  // namespace postern::test

#include "web/api/comment_pictures.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <map>

#include "core/encoding.h"
#include "ticketing/errc.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/api/picture_kind.h"
#include "web/errc.h"
#include "web/server/security_headers.h"

namespace postern::web {
namespace {

constexpr std::string_view kAttribute = "data-remote-src=\"";
constexpr std::size_t kUrlBytesMax = 4096;

// The references that our own sanitiser writes.
std::string plain_url(std::string_view escaped) {
  constexpr std::pair<std::string_view, char> kReferences[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
  std::string out;
  while (!escaped.empty()) {
    const auto known = std::ranges::find_if(kReferences, [escaped](const auto& each) { return escaped.starts_with(each.first); });
    const bool is_reference = known != std::end(kReferences);
    out += is_reference ? known->second : escaped.front();
    escaped.remove_prefix(is_reference ? known->first.size() : 1);
  }
  return out;
}

struct PictureSpot {
  std::size_t begin = 0;  // of the attribute
  std::size_t end = 0;    // behind its closing quote
  std::string url;
};

std::vector<PictureSpot> picture_spots(std::string_view html) {
  std::vector<PictureSpot> out;
  for (std::size_t at = html.find(kAttribute); at != std::string_view::npos; at = html.find(kAttribute, at)) {
    const std::size_t begin = at + kAttribute.size();
    const std::size_t end = html.find('"', begin);
    if (end == std::string_view::npos) break;
    const std::string_view value = html.substr(begin, end - begin);
    // In an attribute "<" and ">" are references: with one of them it is text that only looks like an attribute.
    const bool is_attribute = value.starts_with("http") && value.find_first_of("<> ") == std::string_view::npos;
    if (is_attribute && value.size() <= kUrlBytesMax) out.push_back({at, end + 1, plain_url(value)});
    at = end;
  }
  return out;
}

// By address: the picture as a data: URL. What cannot be had, or is no picture, has none.
using Pictures = std::map<std::string, std::string>;

core::Task<std::string> fetch_one(RemotePictures* port, std::string url) {
  const core::Result<std::string> bytes = co_await port->fetch(std::move(url));
  if (!bytes || bytes->size() > kPictureBytesMax) co_return std::string();
  const std::optional<PictureKind> kind = picture_kind(*bytes);
  if (!kind) co_return std::string();
  co_return "data:" + std::string(kind->media_type) + ";base64," + core::to_base64(*bytes);
}

// Side by side, as pipeline::resolve_all() does it.
core::Task<void> fetch_range(RemotePictures* port, const std::vector<std::string>* urls, std::vector<std::string>* out, std::size_t begin, std::size_t end) {
  if (end - begin == 1) {
    (*out)[begin] = co_await fetch_one(port, (*urls)[begin]);
    co_return;
  }
  const std::size_t middle = begin + (end - begin) / 2;
  using boost::asio::experimental::awaitable_operators::operator&&;
  co_await (fetch_range(port, urls, out, begin, middle) && fetch_range(port, urls, out, middle, end));
}

core::Task<Pictures> fetch_all(RemotePictures* port, std::vector<std::string> urls, core::Clock& clock) {
  Pictures out;
  std::size_t bytes = 0;
  const core::Instant end = clock.now() + kPicturesTimeMax;
  for (std::size_t at = 0; at < urls.size() && clock.now() < end && bytes < kAllPicturesBytesMax; at += kPicturesAtATime) {
    const std::vector<std::string> some(urls.begin() + static_cast<std::ptrdiff_t>(at),
                                        urls.begin() + static_cast<std::ptrdiff_t>(std::min(at + kPicturesAtATime, urls.size())));
    std::vector<std::string> got(some.size());
    co_await fetch_range(port, &some, &got, 0, some.size());
    for (std::size_t i = 0; i < some.size(); ++i) {
      bytes += got[i].size();
      if (!got[i].empty() && bytes <= kAllPicturesBytesMax) out.emplace(some[i], std::move(got[i]));
    }
  }
  co_return out;
}

}  // namespace

std::vector<std::string> remote_pictures_of(std::string_view html) {
  std::vector<std::string> out;
  for (const PictureSpot& each : picture_spots(html)) {
    if (std::ranges::find(out, each.url) == out.end()) out.push_back(each.url);
  }
  return out;
}

core::Task<std::string> with_pictures(std::string html, Context& context) {
  if (context.services.pictures == nullptr) co_return html;
  std::vector<std::string> urls = remote_pictures_of(html);
  if (urls.size() > kPicturesMax) urls.resize(kPicturesMax);
  const Pictures pictures = co_await fetch_all(context.services.pictures, std::move(urls), context.services.clock);
  std::string out;
  std::size_t copied = 0;
  std::size_t bytes = 0;
  for (const PictureSpot& each : picture_spots(html)) {
    const auto found = pictures.find(each.url);
    // A picture may be named many times: what the document grows to has its bound too.
    if (found == pictures.end() || bytes + found->second.size() > kAllPicturesBytesMax) continue;
    bytes += found->second.size();
    out += html.substr(copied, each.begin - copied) + "src=\"" + found->second + "\"";
    copied = each.end;
  }
  co_return out + html.substr(copied);
}

namespace api {

// One picture of one comment, for those who show mail by themselves.
Answer comment_picture(Request& request, Context& context) {
  const auto ticket = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(const ticketing::Comment comment, context.services.tickets.comment(request.who(), ticket, id_param<core::CommentId>(request, "comment_id")));
  const std::string url(request.query_value("url").value_or(std::string_view()));
  const std::vector<std::string> known = remote_pictures_of(comment.html);
  if (std::ranges::find(known, url) == known.end()) co_return core::fail(Errc::kNotFound, "the comment names no such picture");
  if (context.services.pictures == nullptr) co_return core::fail(Errc::kNotFound, "pictures are not offered");
  core::Result<std::string> bytes = co_await context.services.pictures->fetch(url);
  const std::optional<PictureKind> kind = bytes && bytes->size() <= kPictureBytesMax ? picture_kind(*bytes) : std::nullopt;
  if (!kind) co_return core::fail(Errc::kNotFound, "there is no picture that can be shown");
  Response response;
  response.body = *std::move(bytes);
  response.set("Content-Type", std::string(kind->media_type));
  response.set("Content-Disposition", "inline");
  response.set("Content-Security-Policy", std::string(kAttachmentPolicy));
  co_return response;
}

}  // namespace api
}  // namespace postern::web

#include "app/picture_fetcher.h"

#include "core/errc.h"

namespace postern::app {
namespace {

// Also when the request is cancelled.
class UnderWay {
 public:
  explicit UnderWay(std::atomic<int>& count) : count_(count), was_(count.fetch_add(1)) {}
  ~UnderWay() { count_.fetch_sub(1); }
  UnderWay(const UnderWay&) = delete;
  int before() const { return was_; }

 private:
  std::atomic<int>& count_;
  const int was_;
};

}  // namespace

core::Task<core::Result<std::string>> PictureFetcher::fetch(std::string url) {
  const UnderWay here(under_way_);
  if (here.before() >= kUnderWayMax) co_return core::fail_transient(core::Errc::kOverloaded, "too many pictures at once");
  constexpr std::string_view kPlain = "http://";
  if (url.starts_with(kPlain)) url = "https://" + url.substr(kPlain.size());  // or not at all
  auto request = std::make_shared<HttpRequest>();
  request->url = std::move(url);
  request->headers = {{"Accept", "image/png, image/jpeg, image/gif, image/webp"}};
  request->limits.body_bytes_max = bytes_max_ + 1;
  request->limits.body_time_max = std::chrono::seconds(10);
  POSTERN_CO_TRY(net::HttpAnswer answer, co_await caller_.call(std::move(request)));
  if (answer.status != 200 || !answer.is_whole || answer.body.size() > bytes_max_) co_return core::fail(core::Errc::kInvalid, "no whole picture");
  co_return std::move(answer.body);
}

}  // namespace postern::app

#pragma once
// app/picture_fetcher.h: pictures that mails name, fetched on consent (web/remote_pictures.h) over app/http_caller.h: https to public
// addresses only, no redirect, no cookie, no referrer; nothing is kept.
// Thread-safety: any executor.  Ownership: borrows what its caller borrows.  Limits: kUnderWayMax at once, the bytes of one.
#include <atomic>

#include "app/http_caller.h"
#include "web/remote_pictures.h"

namespace postern::app {

class PictureFetcher final : public web::RemotePictures {
 public:
  static constexpr int kUnderWayMax = 32;
  PictureFetcher(HttpCaller caller, std::size_t bytes_max) : caller_(std::move(caller)), bytes_max_(bytes_max) {}
  core::Task<core::Result<std::string>> fetch(std::string url) override;

 private:
  const HttpCaller caller_;
  const std::size_t bytes_max_;
  std::atomic<int> under_way_{0};
};

}  // namespace postern::app

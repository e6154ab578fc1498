#include "app/mail_files.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/errc.h"
#include "core/file.h"

namespace postern::app {
namespace {

// An mbox in mboxrd form: "From " lines begin messages, ">From " in bodies loses one ">".
std::vector<MailFile> split_mbox(const std::string& name, const std::string& bytes) {
  std::vector<MailFile> out;
  bool after_blank = true;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = bytes.find('\n', at);
    end = end == std::string::npos ? bytes.size() : end + 1;
    std::string_view line(bytes.data() + at, end - at);
    if (after_blank && line.starts_with("From ")) {
      out.push_back({name + "#" + std::to_string(out.size() + 1), {}});
    } else if (!out.empty()) {
      const auto quote = line.find_first_not_of('>');
      if (quote != 0 && quote != std::string_view::npos && line.substr(quote).starts_with("From ")) line.remove_prefix(1);
      out.back().bytes += line;
    }
    after_blank = line == "\n" || line == "\r\n";
    at = end;
  }
  return out;
}

// SMTP messages have CRLF line ends; files often do not.
std::string with_crlf(const std::string& bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 40);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) out += '\r';
    out += bytes[i];
    if (bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n')) out += '\n';
  }
  return out;
}

}  // namespace

bool for_each_mail(const std::string& path, const std::function<void(MailFile&)>& visit,
                   const std::function<void(const core::Error&)>& complain) {
  std::error_code wrong;
  if (std::filesystem::is_directory(path, wrong)) {
    std::vector<std::string> files;
    for (auto at = std::filesystem::recursive_directory_iterator(path, wrong); !wrong && at != std::filesystem::recursive_directory_iterator();
         at.increment(wrong)) {
      if (at->is_regular_file(wrong)) files.push_back(at->path().string());
    }
    if (wrong) complain(core::fail(core::Errc::kIo, path + ": " + wrong.message()));
    std::ranges::sort(files);
    bool is_whole = !wrong;
    for (const auto& file : files) is_whole = for_each_mail(file, visit, complain) && is_whole;
    return is_whole;
  }
  auto bytes = core::read_file(path, kMailFileBytesMax);
  if (!bytes) return complain(bytes.error()), false;
  std::vector<MailFile> mails;
  const std::filesystem::path extension = std::filesystem::path(path).extension();
  if (bytes->starts_with("From ") && (extension == ".mbox" || extension.empty())) {
    mails = split_mbox(path, *bytes);
  } else {
    mails.push_back({path, std::move(*bytes)});
  }
  for (MailFile& mail : mails) {
    mail.bytes = with_crlf(mail.bytes);
    visit(mail);
  }
  return true;
}

}  // namespace postern::app

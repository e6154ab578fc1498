// Any bytes as the value of each structured field.
#include <cstdint>

#include "core/assert.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/date.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/message_id.h"
#include "pipeline/mime/params.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  for (const auto& entry : postern::pipeline::parse_address_list(raw)) {
    POSTERN_ASSERT(!entry.address.local.empty() && !entry.address.domain.empty());
    for (char c : entry.name + entry.address.to_string()) POSTERN_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  const auto text = postern::pipeline::decode_header_text(raw, 100);
  POSTERN_ASSERT(text.map.out_size() == text.bytes.size());
  const auto whole = text.map.covering({0, text.bytes.size()});
  POSTERN_ASSERT(whole.empty() || (whole.begin >= 100 && whole.end <= 100 + size));
  postern::pipeline::parse_message_ids(raw);
  postern::pipeline::parse_mail_date(raw);
  postern::pipeline::safe_filename(postern::pipeline::parse_mime_value(raw).param("filename"));
  return 0;
}

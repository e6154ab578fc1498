#pragma once
// core/random.h: unguessable bytes from the operating system (OpenSSL RAND_bytes). Thread-safety: any thread.
#include <cstddef>
#include <string>

namespace postern::core {

std::string random_bytes(std::size_t count);
// `bytes` of randomness as unpadded base64url.
std::string random_token(std::size_t bytes);

}  // namespace postern::core

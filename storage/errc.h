#pragma once
// storage/errc.h: failures of the store.
#include <boost/system/error_code.hpp>

namespace postern::storage {

enum class Errc {
  kNotFound = 1,  // no such key
  kConflict,      // a key that the transaction read has changed; transient: read again and retry
  kIo,            // the engine could not read or write (disk full, I/O error); transient, heals with its cause
  kCorrupt,       // a record or file is damaged, or sealed under another key
  kClosed,        // the store is shutting down; transient
  kTooLarge,      // a transaction or value above its limit
  kSchema,        // written by a version that this one cannot read
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::storage

template <>
struct boost::system::is_error_code_enum<postern::storage::Errc> : std::true_type {};

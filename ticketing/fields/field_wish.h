#pragma once
// ticketing/fields/field_wish.h: a field of a person or an organisation by the name that programs have for it.
// Thread-safety: values.
#include <string>
#include <vector>

namespace postern::ticketing {

struct FieldWish {
  std::string key;                  // of the definition
  std::vector<std::string> values;  // none: it has no value
};

}  // namespace postern::ticketing

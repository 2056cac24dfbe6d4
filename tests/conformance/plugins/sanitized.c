/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin that says it was built with a sanitizer that the host was not built with. */
#include "mtc/plugin.h"

MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {
  out->abi_min = in->abi_min;
  out->abi_max = in->abi_max;
  out->abi = in->abi_max;
  out->sanitizer = MTC_SANITIZER_MEMORY;
  return MTC_OK;
}

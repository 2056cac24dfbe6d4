/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin of another time: its ABI range 7..9 does not meet the host's. */
#include "mtc/plugin.h"

MTC_EXPORT mtc_code mtc_plugin_query_dev(const mtc_query_in* in, mtc_query_out* out) {
  (void)in;
  out->abi_min = 7;
  out->abi_max = 9;
  out->abi = 0;
  return MTC_FAILED_PRECONDITION;
}

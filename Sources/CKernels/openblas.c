#include "openblas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "kernels.h"
#include "library.h"
#include "xla_ffi.h"

static TanrenOpenBLASFunctions library;
static const TanrenOpenBLASFunctions *_Atomic loaded;

const TanrenOpenBLASFunctions *tanren_openblas(void) { return loaded; }

const TanrenLAPACK *tanren_lapack(int dtype) {
  if (tanren_openblas() == NULL) return NULL;
  return dtype == XLA_FFI_DataType_F32 ? &library.single : dtype == XLA_FFI_DataType_F64 ? &library.twofold : NULL;
}

static bool find_functions(void *handle, const char *path, char *message, size_t capacity) {
#define FIND(place, name)                                          \
  *(void **)&place = dlsym(handle, name);                          \
  if (place == NULL) {                                             \
    snprintf(message, capacity, "%s has no function " name, path); \
    return false;                                                  \
  }
#define X(name, parameters)                       \
  FIND(library.single.name, "scipy_s" #name "_")  \
  FIND(library.twofold.name, "scipy_d" #name "_")
  TANREN_LAPACK_ROUTINES(X)
#undef X
  FIND(library.dsyrk, "scipy_dsyrk_")
  FIND(library.dgemm, "scipy_dgemm_")
  FIND(library.dtrsm, "scipy_dtrsm_")
  FIND(library.get_config, "scipy_openblas_get_config")
  FIND(library.get_corename, "scipy_openblas_get_corename")
#undef FIND
  loaded = &library;
  return true;
}

// One thread a call: XLA's threads share matrices and tiles of products instead, and results don't depend on how many
// there are.
static TanrenLoader loader = {
  PTHREAD_MUTEX_INITIALIZER, "OPENBLAS_NUM_THREADS", "1", {"OPENBLAS_CORETYPE", "Nehalem", "Haswell"}, find_functions, NULL};

bool tanren_load_openblas(const char *path, TanrenOpenBLAS *found, char *message, size_t capacity) {
  if (!tanren_load_library(&loader, path, message, capacity)) return false;
  // "OpenBLAS 0.3.34 DYNAMIC_ARCH …".
  snprintf(found->version, sizeof found->version, "%s", library.get_config());
  char *words = strchr(found->version, ' ');
  char *end = words == NULL ? NULL : strchr(words + 1, ' ');
  if (end != NULL) *end = 0;
  if (words != NULL) memmove(found->version, words + 1, strlen(words + 1) + 1);
  snprintf(found->processor, sizeof found->processor, "%s", library.get_corename());
  return true;
}

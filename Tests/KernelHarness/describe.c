#include <stdio.h>

#include "harness.h"

static void describe_arrays(const char *kind, const Array *arrays, int count) {
  for (int i = 0; i < count; i++) {
    fprintf(stderr, "  %s %d: type %d [", kind, i, arrays[i].dtype);
    for (int64_t axis = 0; axis < arrays[i].rank; axis++) fprintf(stderr, axis == 0 ? "%ld" : ", %ld", (long)arrays[i].dims[axis]);
    fprintf(stderr, "]\n");
  }
}

void describe(const Call *call, const char *target) {
  fprintf(
    stderr, "%s, %ld threads%s%s\n", target, (long)call->threads, call->refuses ? ", which the pool refuses" : "",
    call->is_wild ? ", with infinities" : "");
  describe_arrays("argument", call->arguments, call->argument_count);
  describe_arrays("result", call->results, call->result_count);
  for (int i = 0; i < call->attribute_count; i++) {
    const Attribute *attribute = &call->attributes[i];
    fprintf(stderr, "  %s:", attribute->name);
    for (int64_t j = 0; j < attribute->count; j++) fprintf(stderr, " %ld", (long)attribute->integers[j]);
    if (attribute->kind == REAL) fprintf(stderr, " %g", attribute->real);
    fprintf(stderr, "\n");
  }
}

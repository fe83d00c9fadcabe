from rest_framework import serializers


class UploadIn(serializers.Serializer):
    """What the file is, storing.py looks at."""

    file = serializers.FileField(allow_empty_file=True)
    alt = serializers.CharField(max_length=500, allow_blank=True, default="")


class Description(serializers.Serializer):
    alt = serializers.CharField(max_length=500, allow_blank=True)

"""What differs between generators: where posts lie, what they are called, how they write."""

from blog.transfer.site import Site
from blog.transfer.sources.hexo import Hexo
from blog.transfer.sources.hugo import Hugo
from blog.transfer.sources.jekyll import Jekyll
from blog.transfer.sources.plain import Plain

SOURCES = {"markdown": Plain, "hexo": Hexo, "jekyll": Jekyll, "hugo": Hugo}


def source_of(site: Site) -> Plain:
    return SOURCES[site.format](site)

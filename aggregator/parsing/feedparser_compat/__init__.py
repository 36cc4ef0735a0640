"""Reads plain feed documents as feedparser reads them, several times faster."""
